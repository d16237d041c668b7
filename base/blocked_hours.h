// BlockedHours: when something is not begun, as windows in the form of quiet hours
// (quiet_hours.h), in one text with semicolons between. Pure, but for parse_blocked_hours(), which
// looks up the rules of zones that are named.
//
//     mon-fri 08:00-18:00 Europe/Berlin; sat,sun 00:00-24:00 +01:00
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/quiet_hours.h"

namespace understudy {

struct BlockedHours {
    std::vector<QuietHours> windows;  // none: at any time
    friend bool operator==(const BlockedHours&, const BlockedHours&) = default;
};

inline constexpr const char* kBlockedHoursForms =
    "give windows like 'mon-fri 08:00-18:00 Europe/Berlin', a semicolon between several, that "
    "leave some time of the week; empty blocks none";

std::optional<BlockedHours> parse_blocked_hours(std::string_view text);
std::string to_string(const BlockedHours& hours);
// With the rules of the zones.
std::optional<BlockedHours> parse_kept_blocked_hours(std::string_view text);
std::string kept_text(const BlockedHours& hours);

}  // namespace understudy
