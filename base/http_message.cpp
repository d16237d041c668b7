#include "base/http_message.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace understudy {
namespace {

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<int> small_number(std::string_view text) {
    return all_digits(text) && text.size() <= 4 ? whole_number<int>(text) : std::nullopt;
}

std::optional<unsigned> month_number(std::string_view name) {
    constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto* const found = std::ranges::find(kMonths, name);
    if (found == kMonths.end()) return std::nullopt;
    return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
    const auto parts = split(text, ":");
    if (text.size() != 8 || parts.size() != 3) return std::nullopt;
    const auto hour = small_number(parts[0]);
    const auto minute = small_number(parts[1]);
    const auto second = small_number(parts[2]);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    return std::chrono::seconds{*hour * 3600 + *minute * 60 + *second};
}

// RFC 9110 5.6.7: two digits that look more than 50 years ahead are in the past.
int full_year(int year, std::size_t digits, WallTime now) {
    if (digits > 2) return year;
    const std::chrono::year_month_day today{std::chrono::floor<std::chrono::days>(now)};
    const int current = static_cast<int>(today.year());
    year += current - current % 100;
    return year > current + 50 ? year - 100 : year;
}

// The three forms of RFC 9110 5.6.7:
//   Sun, 06 Nov 1994 08:49:37 GMT    Sunday, 06-Nov-94 08:49:37 GMT    Sun Nov  6 08:49:37 1994
std::optional<WallTime> parse_http_date(std::string_view text, WallTime now) {
    auto parts = split(text, " ,-");
    if (parts.size() == 5 && month_number(parts[1])) {  // asctime: put it in the others' order
        parts = {parts[0], parts[2], parts[1], parts[4], parts[3], "GMT"};
    }
    if (parts.size() != 6 || parts[5] != "GMT") return std::nullopt;
    const auto day = small_number(parts[1]);
    const auto month = month_number(parts[2]);
    const auto year = small_number(parts[3]);
    const auto time = time_of_day(parts[4]);
    if (!day || !month || !year || !time) return std::nullopt;
    const std::chrono::year_month_day date{
        std::chrono::year{full_year(*year, parts[3].size(), now)}, std::chrono::month{*month},
        std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return WallTime{std::chrono::sys_days{date}} + *time;
}

}  // namespace

std::string_view HttpResponse::header(std::string_view name) const {
    const auto found = std::ranges::find_if(
        headers, [name](const Header& each) { return same_ignoring_case(each.name, name); });
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response, WallTime now) {
    const auto text = trimmed(response.header("Retry-After"));
    constexpr std::chrono::seconds kLongest = std::chrono::hours{24 * 365};
    if (all_digits(text)) {
        const auto seconds = whole_number<std::int64_t>(text);
        return seconds ? std::min(std::chrono::seconds{*seconds}, kLongest) : kLongest;
    }
    const auto date = parse_http_date(text, now);
    if (!date) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(*date - now);
    return std::clamp(wait, std::chrono::seconds{0}, kLongest);
}

std::string url_encode(std::string_view text) {
    constexpr std::string_view kUnreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (kUnreserved.find(c) != std::string_view::npos) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 0x0fU];
    }
    return out;
}

}  // namespace understudy
