#include "base/dns_exchange.h"

#include <utility>

#include "base/ascii.h"
#include "base/ensure.h"

namespace understudy {
namespace {

constexpr std::size_t kFlagsAt = 2;
constexpr std::size_t kResponseCodeAt = 3;
constexpr std::size_t kQuestionCountAt = 4;
constexpr std::uint8_t kIsAnswer = 0x80;
constexpr std::uint8_t kOpcode = 0x78;
constexpr std::uint8_t kIsCut = 0x02;
constexpr std::uint8_t kResponseCode = 0x0f;
constexpr std::uint8_t kFormatError = 1;
constexpr std::uint8_t kNotImplemented = 4;
constexpr std::size_t kLengthBytes = 2;
constexpr std::size_t kLabelLimit = 63;
constexpr std::size_t kTypeAndClassBytes = 4;

std::uint8_t byte_at(std::string_view message, std::size_t at) {
    return static_cast<std::uint8_t>(message[at]);
}

std::size_t number_at(std::string_view message, std::size_t at) {
    return std::size_t{byte_at(message, at)} << 8 | byte_at(message, at + 1);
}

// The question section, its names in lower case; none: it is not whole, or one of its names points
// elsewhere, for which those that come first have no reason.
std::optional<std::string> questions_of(std::string_view message) {
    std::string questions;
    std::string_view rest = message.substr(kDnsHeaderBytes);
    for (auto left = number_at(message, kQuestionCountAt); left > 0; --left) {
        for (std::size_t label = 1; label > 0;) {
            label = rest.empty() ? kLabelLimit + 1 : byte_at(rest, 0);
            if (label > kLabelLimit || rest.size() <= label) return std::nullopt;
            questions += lower(rest.substr(0, label + 1));  // no length is a letter
            rest.remove_prefix(label + 1);
        }
        if (rest.size() < kTypeAndClassBytes) return std::nullopt;
        questions += rest.substr(0, kTypeAndClassBytes);
        rest.remove_prefix(kTypeAndClassBytes);
    }
    return questions;
}

// Left out where the message could not be read, and by servers that have done what is no query.
bool may_lack_question(std::string_view message) {
    const auto code = byte_at(message, kResponseCodeAt) & kResponseCode;
    return !is_dns_query(message) || code == kFormatError || code == kNotImplemented;
}

bool has_question_of(std::string_view asked, std::string_view message) {
    if (number_at(message, kQuestionCountAt) == 0 && may_lack_question(message)) return true;
    const auto questions = questions_of(message);
    return questions && questions == questions_of(asked);
}

}  // namespace

DnsFit judge_dns_answer(std::string_view asked, std::string_view message) {
    if (asked.size() < kDnsHeaderBytes || message.size() < kDnsHeaderBytes) return DnsFit::NotOurs;
    const auto flags = byte_at(message, kFlagsAt);
    const bool same_opcode = (flags & kOpcode) == (byte_at(asked, kFlagsAt) & kOpcode);
    const bool ours = asked.substr(0, kFlagsAt) == message.substr(0, kFlagsAt);
    if (!ours || !same_opcode || (flags & kIsAnswer) == 0) return DnsFit::NotOurs;
    if (!has_question_of(asked, message)) return DnsFit::NotOurs;
    // Of anything but a query the response code is the answer.
    const bool cut = (flags & kIsCut) != 0 && is_dns_query(message);
    return cut ? DnsFit::Cut : DnsFit::Whole;
}

bool is_dns_query(std::string_view message) {
    return (byte_at(message, kFlagsAt) & kOpcode) == 0;
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
    if (rest.size() >= kLengthBytes) length = number_at(rest, 0);
    if (rest.size() < kLengthBytes + length) {
        held_.erase(0, std::exchange(at_, 0));
        return std::nullopt;
    }
    at_ += kLengthBytes + length;
    return std::string{rest.substr(kLengthBytes, length)};
}

}  // namespace understudy
