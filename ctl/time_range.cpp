#include "ctl/time_range.h"

#include <charconv>
#include <optional>

namespace understudy::ctl {
namespace {

std::optional<Duration> unit_of(char letter) {
    switch (letter) {
        case 's':
            return std::chrono::seconds{1};
        case 'm':
            return std::chrono::minutes{1};
        case 'h':
            return std::chrono::hours{1};
        case 'd':
            return std::chrono::hours{24};
        default:
            return std::nullopt;
    }
}

// One or several counts with their units, "1h30m".
std::optional<Duration> span_of(std::string_view text) {
    constexpr std::int64_t kMost = 100'000;
    if (text.empty()) return std::nullopt;
    Duration sum{0};
    while (!text.empty()) {
        std::int64_t count = 0;
        const char* end = text.data() + text.size();
        const auto [stop, trouble] = std::from_chars(text.data(), end, count);
        if (trouble != std::errc{} || stop == end || count < 0 || count > kMost) {
            return std::nullopt;
        }
        const auto unit = unit_of(*stop);
        if (!unit) return std::nullopt;
        sum += *unit * count;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    }
    return sum;
}

}  // namespace

Result<WallTime> parse_moment(const std::string& field, std::string_view text, WallTime now) {
    if (const auto span = span_of(text)) return now - *span;
    if (const auto time = parse_rfc3339(text)) return *time;
    return invalid(field, "'" + std::string{text} + "' is not a time",
                   "give it like 30m, 1h, 2d, or 2026-11-21T02:08:42Z");
}

Result<Duration> parse_span(const std::string& field, std::string_view text) {
    if (const auto span = span_of(text)) return *span;
    return invalid(field, "'" + std::string{text} + "' is not a length of time",
                   "give it like 90s, 30m, 2h, 1h30m or 1d");
}

}  // namespace understudy::ctl
