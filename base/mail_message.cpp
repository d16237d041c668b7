#include "base/mail_message.h"

#include <algorithm>
#include <array>

namespace understudy {
namespace {

// Subject and detail of an enhanced status (RFC 3463), "2.2" of "5.2.2 mailbox full"; or empty.
std::string_view detail_of(std::string_view text) {
    if (text.size() < 5 || text[0] < '4' || text[0] > '5' || text[1] != '.') return {};
    return text.substr(2, text.find(' ') - 2);
}

bool is_one_of(std::string_view detail, const auto& list) {
    return std::ranges::find(list, detail) != list.end();
}

}  // namespace

bool MailReply::too_large() const {
    constexpr std::array<std::string_view, 2> kTooLarge{"2.3", "3.4"};
    return code >= 500 && is_one_of(detail_of(text), kTooLarge);
}

bool MailReply::for_good() const {
    // Full mailbox, full or closed system, too much today, too many recipients, a flood.
    constexpr std::array<std::string_view, 6> kPasses{"2.2", "3.1", "3.2", "4.5", "5.3", "7.28"};
    if (code < 500 || code >= 600) return false;
    const auto detail = detail_of(text);
    // Without more words it is a quota, or too many recipients (RFC 5321, 4.5.3.1.10).
    if (code == 552) return too_large() || !(detail.empty() || is_one_of(detail, kPasses));
    return !is_one_of(detail, kPasses);
}

}  // namespace understudy
