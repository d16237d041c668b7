#include "base/blocked_hours.h"

namespace understudy {
namespace {

std::string_view without_edges(std::string_view text) {
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

template <typename Parse>
std::optional<BlockedHours> parse_each(std::string_view text, const Parse& parse) {
    BlockedHours hours;
    while (!without_edges(text).empty()) {
        const std::size_t end = text.find(';');
        auto window = parse(without_edges(text.substr(0, end)));
        if (!window) return std::nullopt;
        hours.windows.push_back(*std::move(window));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return hours;
}

std::optional<QuietHours> parse_resolved(std::string_view text) {
    auto window = parse_quiet_hours(text);
    if (window && resolve_zone(*window)) window.reset();
    return window;
}

template <typename Text>
std::string text_of(const BlockedHours& hours, const Text& text) {
    std::string all;
    for (const QuietHours& window : hours.windows)
        all += (all.empty() ? "" : "; ") + text(window);
    return all;
}

}  // namespace

std::optional<BlockedHours> parse_blocked_hours(std::string_view text) {
    auto hours = parse_each(text, parse_resolved);
    // Any moment will do: what ends within a week ends in every week.
    if (hours && !quiet_until(hours->windows, WallTime{})) return std::nullopt;
    return hours;
}

std::string to_string(const BlockedHours& hours) {
    return text_of(hours, [](const QuietHours& window) { return to_string(window); });
}

std::optional<BlockedHours> parse_kept_blocked_hours(std::string_view text) {
    return parse_each(text, parse_kept_quiet_hours);
}

std::string kept_text(const BlockedHours& hours) {
    return text_of(hours, [](const QuietHours& window) { return kept_text(window); });
}

}  // namespace understudy
