// Lengths of time as people type them: "90s", "30m", "2h", "1h30m", "7d". Whoever sends one instead
// of a time of day does not depend on two clocks showing the same. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace understudy {

inline constexpr const char* kTimeSpanExamples = "90s, 30m, 2h, 1h30m or 7d";
inline constexpr Duration kLongestTimeSpan = std::chrono::hours{24} * 36'525;  // a century

std::optional<Duration> parse_time_span(std::string_view text);

}  // namespace understudy
