#include "base/dns_exchange.h"

#include <utility>

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
    // Of anything but a query (opcode 0) the response code is the answer, and asking again would do
    // it twice.
    const bool cut = (flags & kIsCut) != 0 && (flags & kOpcode) == 0;
    return cut ? DnsFit::Cut : DnsFit::Whole;
}

std::string framed_dns(std::string_view message) {
    ensure(message.size() <= kDnsMessageLimit);
    std::string framed;
    framed += static_cast<char>(message.size() >> 8);
    framed += static_cast<char>(message.size() & 0xff);
    return framed.append(message);
}

std::optional<std::string> DnsStream::next() {
    const std::string_view rest = std::string_view{held_}.substr(at_);
    std::size_t length = 0;
    if (rest.size() >= kLengthBytes) {
        const auto high = static_cast<std::uint8_t>(rest[0]);
        const auto low = static_cast<std::uint8_t>(rest[1]);
        length = std::size_t{high} << 8 | low;
    }
    if (rest.size() < kLengthBytes + length) {
        held_.erase(0, std::exchange(at_, 0));
        return std::nullopt;
    }
    at_ += kLengthBytes + length;
    return std::string{rest.substr(kLengthBytes, length)};
}

}  // namespace understudy
