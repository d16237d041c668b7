#include "base/dns_exchange.h"

#include "base/ensure.h"

namespace understudy {
namespace {

constexpr std::size_t kFlagsAt = 2;
constexpr std::uint8_t kIsAnswer = 0x80;
constexpr std::uint8_t kOpcode = 0x78;
constexpr std::uint8_t kIsCut = 0x02;
constexpr std::size_t kLengthBytes = 2;

std::uint8_t flags_of(std::string_view message) {
    return static_cast<std::uint8_t>(message[kFlagsAt]);
}

}  // namespace

DnsFit judge_dns_answer(std::string_view asked, std::string_view message) {
    if (asked.size() < kDnsHeaderBytes || message.size() < kDnsHeaderBytes) return DnsFit::NotOurs;
    const auto flags = flags_of(message);
    const bool same_opcode = (flags & kOpcode) == (flags_of(asked) & kOpcode);
    const bool ours = asked.substr(0, kFlagsAt) == message.substr(0, kFlagsAt);
    if (!ours || !same_opcode || (flags & kIsAnswer) == 0) return DnsFit::NotOurs;
    return (flags & kIsCut) != 0 ? DnsFit::Cut : DnsFit::Whole;
}

std::string framed_dns(std::string_view message) {
    ensure(message.size() <= kDnsMessageLimit);
    std::string framed;
    framed += static_cast<char>(message.size() >> 8);
    framed += static_cast<char>(message.size() & 0xff);
    return framed.append(message);
}

std::optional<std::string> DnsStream::next() {
    if (held_.size() < kLengthBytes) return std::nullopt;
    const auto high = static_cast<std::uint8_t>(held_[0]);
    const auto low = static_cast<std::uint8_t>(held_[1]);
    const std::size_t length = std::size_t{high} << 8 | low;
    if (held_.size() < kLengthBytes + length) return std::nullopt;
    std::string message = held_.substr(kLengthBytes, length);
    held_.erase(0, kLengthBytes + length);
    return message;
}

}  // namespace understudy
