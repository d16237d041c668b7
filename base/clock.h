// Time, in the two kinds the program knows.
//
// Instant is monotonic and is what every deadline is made of. WallTime is for people and for stored
// rows and is never compared with an Instant. The clock is read in very few places (the loop, the
// agent's link) and handed down as a value; decisions never ask for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

using Duration = std::chrono::milliseconds;

// CLOCK_BOOTTIME: goes on while the machine is suspended, so a nap shows up as a stall and not as
// silence of everybody else.
struct BootClock {
    using rep = Duration::rep;
    using period = Duration::period;
    using duration = Duration;
    using time_point = std::chrono::time_point<BootClock, Duration>;
    static constexpr bool is_steady = true;
    static time_point now();
};

using Instant = BootClock::time_point;
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

inline constexpr Instant kNever = Instant::max();

WallTime wall_now();

// For figures of what takes less than Instants can tell; means nothing but by its differences.
std::chrono::microseconds stopwatch_now();

// "2026-11-21T02:08:42.123Z" (RFC 3339, UTC). Parsing also takes offsets and a missing fraction.
std::string to_rfc3339(WallTime time);
std::optional<WallTime> parse_rfc3339(std::string_view text);

// "340 ms", "12.3 s", "4 min 5 s", "3 h 2 min": for sentences.
std::string to_text(Duration duration);

}  // namespace understudy
