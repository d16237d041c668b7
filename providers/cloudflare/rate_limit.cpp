#include "providers/cloudflare/rate_limit.h"

#include <algorithm>
#include <charconv>

namespace understudy::cloudflare {
namespace {

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t'))
        text.remove_suffix(1);
    return text;
}

std::string_view take_until(std::string_view& rest, std::string_view separators) {
    const auto end = std::min(rest.find_first_of(separators), rest.size());
    const auto part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

}  // namespace

std::optional<int> read_calls_left(std::string_view header) {
    std::optional<int> least;
    while (!header.empty()) {
        auto parameter = take_until(header, ",;");
        if (!parameter.starts_with("r=")) continue;
        parameter.remove_prefix(2);
        int calls = 0;
        const auto* const end = parameter.data() + parameter.size();
        const auto read = std::from_chars(parameter.data(), end, calls);
        if (read.ec != std::errc{} || read.ptr != end || calls < 0) continue;
        least = std::min(least.value_or(calls), calls);
    }
    return least;
}

}  // namespace understudy::cloudflare
