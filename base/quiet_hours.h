// QuietHours: when a channel is told only what cannot wait. Days of the week, from and to by the
// clocks of a time zone, past midnight where `to` is not after `from`; the days are those on which
// they begin. Pure, but for resolve_zone().
//
//     mon-fri 22:00-07:00 Europe/Berlin
//     sat,sun 00:00-24:00 +01:00
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/zone_rule.h"

namespace understudy {

struct QuietHours {
    std::uint8_t days = 0;  // a bit for each, Monday is the lowest
    int from = 0, to = 0;   // minutes of the day; `to` up to 1440
    std::string zone;       // as it was given
    std::string posix;      // what it stands for (zone_rule.h); empty: `zone` is an offset from UTC
    ZoneRule rule;          // that, read
    friend bool operator==(const QuietHours&, const QuietHours&) = default;
};

inline constexpr const char* kQuietHoursForms =
    "days, from-to and a time zone, like 'mon-fri 22:00-07:00 Europe/Berlin' or "
    "'daily 23:30-06:00 +02:00'";

// The zone of a name is not looked up.
std::optional<QuietHours> parse_quiet_hours(std::string_view text);
std::string to_string(const QuietHours& hours);
// With the rule of the zone: "mon-fri 22:00-07:00 Europe/Berlin CET-1CEST,M3.5.0,M10.5.0/3".
std::optional<QuietHours> parse_kept_quiet_hours(std::string_view text);
std::string kept_text(const QuietHours& hours);
// Looks up the rule of a zone that is named.
std::optional<Error> resolve_zone(QuietHours& hours);

bool is_quiet(const std::vector<QuietHours>& all, WallTime time);
// The first whole minute from now on that is not quiet; and the first after now with which a quiet
// time ends. None: there is none in the next eight days.
std::optional<WallTime> quiet_until(const std::vector<QuietHours>& all, WallTime time);
std::optional<WallTime> end_of_quiet(const std::vector<QuietHours>& all, WallTime time);

}  // namespace understudy
