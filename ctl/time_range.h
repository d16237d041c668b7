// Times as people type them: "90s", "15m", "1h", "2d" back from now, or RFC 3339. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace understudy::ctl {

Result<WallTime> parse_moment(const std::string& field, std::string_view text, WallTime now);

}  // namespace understudy::ctl
