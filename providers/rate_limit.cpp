#include "providers/rate_limit.h"

#include <algorithm>

#include "base/ascii.h"

namespace understudy {
namespace {

std::string_view take_until(std::string_view& rest, std::string_view separators) {
    const auto end = std::min(rest.find_first_of(separators), rest.size());
    const auto part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

// "r=50" read as 50 for the name "r"; none for anything else.
std::optional<int> number_of(std::string_view parameter, std::string_view name) {
    if (!parameter.starts_with(name) || parameter.substr(name.size(), 1) != "=")
        return std::nullopt;
    parameter.remove_prefix(name.size() + 1);
    const auto number = whole_number<int>(parameter);
    return number && *number >= 0 ? number : std::nullopt;
}

std::optional<CallsLeft> read_item(std::string_view item) {
    std::optional<int> calls, seconds;
    while (!item.empty()) {
        const auto parameter = take_until(item, ";");
        if (const auto number = number_of(parameter, "r")) calls = number;
        if (const auto number = number_of(parameter, "t")) seconds = number;
    }
    if (!calls) return std::nullopt;
    CallsLeft left{*calls, std::nullopt};
    if (seconds) left.renewed_in = std::chrono::seconds{*seconds};
    return left;
}

}  // namespace

std::optional<CallsLeft> read_calls_left(std::string_view header) {
    std::optional<CallsLeft> least;
    while (!header.empty()) {
        const auto item = read_item(take_until(header, ","));
        if (item && (!least || item->calls < least->calls)) least = item;
    }
    return least;
}

std::optional<CallsLeft> read_calls_remaining(const HttpResponse& response) {
    const auto calls = whole_number<int>(response.header("Ratelimit-Remaining"));
    if (!calls || *calls < 0) return std::nullopt;
    return CallsLeft{*calls, std::nullopt};
}

}  // namespace understudy
