#include "base/text.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/utf8.h"

namespace understudy {
namespace {

struct Points {
    char32_t first, last;
};

constexpr std::array kBreaking = {Points{0x0000, 0x001F}, Points{0x007F, 0x009F},
                                  Points{0x2028, 0x2029}};
constexpr std::array kMisleading = {
    Points{0x00AD, 0x00AD}, Points{0x061C, 0x061C},  Points{0x180E, 0x180E}, Points{0x200B, 0x200B},
    Points{0x200E, 0x200F}, Points{0x202A, 0x202E},  Points{0x2060, 0x206F}, Points{0xFEFF, 0xFEFF},
    Points{0xFFF9, 0xFFFB}, Points{0xE0000, 0xE007F}};

template <std::size_t N>
bool in(const std::array<Points, N>& ranges, char32_t point) {
    return std::ranges::any_of(ranges, [point](const Points& range) {
        return point >= range.first && point <= range.last;
    });
}

// Takes one code point off `rest`: what stands for it.
std::string_view take_plain(std::string_view& rest) {
    const std::string_view before = rest;
    const auto point = take_code_point(rest);
    if (!point || misleads(*point)) return "\xef\xbf\xbd";
    if (breaks_line(*point)) return " ";
    return before.substr(0, before.size() - rest.size());
}

}  // namespace

bool breaks_line(char32_t point) {
    return in(kBreaking, point);
}

bool misleads(char32_t point) {
    return in(kMisleading, point);
}

bool is_plain(std::string_view text) {
    while (!text.empty()) {
        const auto point = take_code_point(text);
        if (!point || breaks_line(*point) || misleads(*point)) return false;
    }
    return true;
}

std::string plain_text(std::string_view text) {
    return plain_text(text, std::numeric_limits<std::size_t>::max());
}

std::string plain_text(std::string_view text, std::size_t limit_bytes, std::string_view mark) {
    std::string out;
    while (!text.empty()) {
        const std::string_view next = take_plain(text);
        if (next.size() > limit_bytes - out.size()) return out += mark;
        out += next;
    }
    return out;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t kShown = 80;
    return "'" + plain_text(text, kShown, "...") + "'";
}

std::string listed(const std::vector<std::string>& items) {
    std::string list;
    for (const std::string& item : items)
        add_item(list, item);
    return list;
}

void add_item(std::string& list, std::string_view item) {
    if (!list.empty()) list += ", ";
    list += item;
}

std::string counted(std::size_t count, std::string_view unit) {
    return std::to_string(count) + " " + std::string{unit} + (count == 1 ? "" : "s");
}

}  // namespace understudy
