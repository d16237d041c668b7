#include "base/time_span.h"

#include <charconv>

namespace understudy {
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

}  // namespace

std::optional<Duration> parse_time_span(std::string_view text) {
    if (text.empty()) return std::nullopt;
    Duration sum{0};
    while (!text.empty()) {
        std::int64_t count = 0;
        const char* end = text.data() + text.size();
        const auto [stop, trouble] = std::from_chars(text.data(), end, count);
        if (trouble != std::errc{} || stop == end || count < 0) return std::nullopt;
        const auto unit = unit_of(*stop);
        if (!unit || count > (kLongestTimeSpan - sum) / *unit) return std::nullopt;
        sum += *unit * count;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()) + 1);
    }
    return sum;
}

}  // namespace understudy
