// Times as people type them: "90s", "15m", "1h30m", "2d", or RFC 3339. A length of time goes to the
// controller as it is, which counts it from its own clock: ours may show another time. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace understudy::ctl {

// A moment, in the words in which it is asked for: a span (so long ago), or a time.
Result<std::string> moment_words(const std::string& field, std::string_view text);

Result<Duration> parse_span(const std::string& field, std::string_view text);

}  // namespace understudy::ctl
