#include "ctl/time_range.h"

#include "base/time_span.h"

namespace understudy::ctl {

Result<std::string> moment_words(const std::string& field, std::string_view text) {
    if (parse_time_span(text)) return std::string{text};
    if (const auto time = parse_rfc3339(text)) return to_rfc3339(*time);
    return invalid(field, "'" + std::string{text} + "' is not a time",
                   "give it like 30m, 1h, 2d, or 2026-11-21T02:08:42Z");
}

Result<Duration> parse_span(const std::string& field, std::string_view text) {
    if (const auto span = parse_time_span(text)) return *span;
    return invalid(field, "'" + std::string{text} + "' is not a length of time",
                   std::string{"give it like "} + kTimeSpanExamples);
}

}  // namespace understudy::ctl
