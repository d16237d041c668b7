// Times as people type them: "90s", "15m", "1h30m", "2d", or RFC 3339. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace understudy::ctl {

// A moment in the past: a span counts back from `now`.
Result<WallTime> parse_moment(const std::string& field, std::string_view text, WallTime now);

Result<Duration> parse_span(const std::string& field, std::string_view text);

}  // namespace understudy::ctl
