#include "base/quiet_hours.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::uint8_t kDaily = 0x7f;
constexpr int kMinutesOfDay = 1'440;

std::optional<std::size_t> day_in(std::string_view word) {
    const auto found = std::ranges::find(kDays, word);
    if (found == kDays.end()) return std::nullopt;
    return static_cast<std::size_t>(found - kDays.begin());
}

std::uint8_t bit(std::size_t day) {
    return static_cast<std::uint8_t>(1u << (day % kDays.size()));
}

// What is before the character, taken off with it; all of it, where there is none.
std::string_view take_until(std::string_view& text, char end) {
    const std::size_t at = text.find(end);
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return taken;
}

// "mon-fri,sun"
std::optional<std::uint8_t> days_in(std::string_view text) {
    if (text == "daily") return kDaily;
    std::uint8_t days = 0;
    while (!text.empty()) {
        std::string_view last = take_until(text, ',');
        const auto from = day_in(take_until(last, '-'));
        const auto to = last.empty() ? from : day_in(last);
        if (!from || !to) return std::nullopt;
        for (std::size_t day = *from;; ++day) {
            days |= bit(day);
            if (day % kDays.size() == *to) break;
        }
    }
    return days == 0 ? std::nullopt : std::optional{days};
}

std::string days_text(std::uint8_t days) {
    if (days == kDaily) return "daily";
    std::string text;
    for (std::size_t day = 0; day < kDays.size(); ++day) {
        if ((days & bit(day)) == 0) continue;
        std::size_t last = day;
        while (last + 1 < kDays.size() && (days & bit(last + 1)) != 0)
            ++last;
        text += (text.empty() ? "" : ",") + std::string{kDays[day]};
        if (last > day) text += (last == day + 1 ? "," : "-") + std::string{kDays[last]};
        day = last;
    }
    return text;
}

// "22:00"
std::optional<int> minutes_in(std::string_view text) {
    const bool formed = text.size() == 5 && text[2] == ':' && is_digit(text[0]) &&
                        is_digit(text[1]) && is_digit(text[3]) && is_digit(text[4]);
    if (!formed) return std::nullopt;
    const int minutes = ((text[0] - '0') * 10 + text[1] - '0') * 60;
    const int rest = (text[3] - '0') * 10 + text[4] - '0';
    if (rest > 59 || minutes + rest > kMinutesOfDay) return std::nullopt;
    return minutes + rest;
}

std::string two_digits(int number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string time_text(int minutes) {
    return two_digits(minutes / 60) + ":" + two_digits(minutes % 60);
}

bool covers(const QuietHours& hours, WallTime time) {
    const auto local = time + offset_at(hours.rule, time);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const auto minute = std::chrono::floor<std::chrono::minutes>(local - day).count();
    const std::size_t today = std::chrono::weekday{day}.iso_encoding() - 1;
    const bool begins = (hours.days & bit(today)) != 0;
    if (hours.from < hours.to) return begins && minute >= hours.from && minute < hours.to;
    const bool began = (hours.days & bit(today + kDays.size() - 1)) != 0;
    return (begins && minute >= hours.from) || (began && minute < hours.to);
}

}  // namespace

std::optional<QuietHours> parse_quiet_hours(std::string_view text) {
    QuietHours hours;
    const auto days = days_in(take_until(text, ' '));
    std::string_view to_text = take_until(text, ' ');
    const auto from = minutes_in(take_until(to_text, '-'));
    const auto to = minutes_in(to_text);
    if (!days || !from || !to || *from == *to || *from == kMinutesOfDay) return std::nullopt;
    if (text.empty() || text.find(' ') != std::string_view::npos) return std::nullopt;
    hours.days = *days;
    hours.from = *from;
    hours.to = *to;
    hours.zone = text;
    if (const auto rule = parse_utc_offset(text)) hours.rule = *rule;
    return hours;
}

std::string to_string(const QuietHours& hours) {
    return days_text(hours.days) + " " + time_text(hours.from) + "-" + time_text(hours.to) + " " +
           hours.zone;
}

std::optional<QuietHours> parse_kept_quiet_hours(std::string_view text) {
    const std::size_t space = text.rfind(' ');
    auto hours = parse_quiet_hours(text);
    if (hours || space == std::string_view::npos) return hours;
    hours = parse_quiet_hours(text.substr(0, space));
    const auto rule = parse_zone_rule(text.substr(space + 1));
    if (!hours || !rule) return std::nullopt;
    hours->posix = text.substr(space + 1);
    hours->rule = *rule;
    return hours;
}

std::string kept_text(const QuietHours& hours) {
    return to_string(hours) + (hours.posix.empty() ? "" : " " + hours.posix);
}

std::optional<Error> resolve_zone(QuietHours& hours) {
    if (parse_utc_offset(hours.zone)) return std::nullopt;
    auto posix = zone_of(hours.zone);
    if (!posix) return posix.error();
    hours.posix = std::move(posix).value();
    hours.rule = *parse_zone_rule(hours.posix);
    return std::nullopt;
}

bool is_quiet(const std::vector<QuietHours>& all, WallTime time) {
    return std::ranges::any_of(all, [&](const QuietHours& hours) { return covers(hours, time); });
}

// Minute by minute, so that it says what is_quiet() says, whatever the clocks do meanwhile.
std::optional<WallTime> quiet_until(const std::vector<QuietHours>& all, WallTime time) {
    if (!is_quiet(all, time)) return time;
    return end_of_quiet(all, time);
}

std::optional<WallTime> end_of_quiet(const std::vector<QuietHours>& all, WallTime time) {
    const WallTime first = std::chrono::floor<std::chrono::minutes>(time) + std::chrono::minutes{1};
    bool quiet = is_quiet(all, time);
    for (WallTime at = first; at < time + std::chrono::days{8}; at += std::chrono::minutes{1}) {
        const bool still = is_quiet(all, at);
        if (quiet && !still) return at;
        quiet = still;
    }
    return std::nullopt;
}

}  // namespace understudy
