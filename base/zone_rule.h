// ZoneRule: what the clocks of a time zone show, as the POSIX TZ string says it, which ends every
// file of the system's time zone database ("CET-1CEST,M3.5.0,M10.5.0/3"): the rule that holds from
// now on. What a zone did in former years, and changes that follow no yearly rule (Ramadan in
// Morocco), it does not know. Pure, but for zone_of(). Used for quiet hours.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace understudy {

struct ZoneRule {
    // When the clocks are changed: a day of the year, and the time of that day.
    struct Turn {
        enum class By { Weekday, JulianDay, DayOfYear };
        By by = By::Weekday;
        unsigned month = 1, week = 1, day = 0;  // Weekday: the week-th day of the month, 5: last
        std::chrono::seconds time{7'200};       // on the clocks as they were before
        friend bool operator==(const Turn&, const Turn&) = default;
    };
    struct Summer {
        std::chrono::seconds offset{0};
        Turn begin, end;
        friend bool operator==(const Summer&, const Summer&) = default;
    };
    std::chrono::seconds offset{0};  // east of UTC
    std::optional<Summer> summer;
    friend bool operator==(const ZoneRule&, const ZoneRule&) = default;
};

std::optional<ZoneRule> parse_zone_rule(std::string_view posix);
std::chrono::seconds offset_at(const ZoneRule& rule, WallTime time);

// "UTC", "+02:00", "UTC-03:30"; none: it is no offset.
std::optional<ZoneRule> parse_utc_offset(std::string_view text);

// The POSIX string of a zone by its name ("Europe/Berlin"), out of the system's database: reads a
// small file. Invalid: there is no such zone on this machine.
Result<std::string> zone_of(std::string_view name);

}  // namespace understudy
