#include "ctl/time_range.h"

#include <charconv>
#include <optional>

namespace understudy::ctl {
namespace {

std::optional<Duration> parse_span(std::string_view text) {
    constexpr std::int64_t kMost = 100'000;
    if (text.size() < 2) return std::nullopt;
    std::int64_t count = 0;
    const char* end = text.data() + text.size() - 1;
    const auto [stop, trouble] = std::from_chars(text.data(), end, count);
    if (trouble != std::errc{} || stop != end || count < 0 || count > kMost) return std::nullopt;
    switch (text.back()) {
        case 's':
            return std::chrono::seconds{count};
        case 'm':
            return std::chrono::minutes{count};
        case 'h':
            return std::chrono::hours{count};
        case 'd':
            return std::chrono::hours{24 * count};
        default:
            return std::nullopt;
    }
}

}  // namespace

Result<WallTime> parse_moment(const std::string& field, std::string_view text, WallTime now) {
    if (const auto span = parse_span(text)) return now - *span;
    if (const auto time = parse_rfc3339(text)) return *time;
    return invalid(field, "'" + std::string{text} + "' is not a time",
                   "give it like 30m, 1h, 2d, or 2026-11-21T02:08:42Z");
}

}  // namespace understudy::ctl
