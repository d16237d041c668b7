#include "ctl/text_width.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"

namespace understudy::ctl {
namespace {

struct Range {
    char32_t first, last;
};

// The blocks that names in practice use, after Unicode's EastAsianWidth.txt (W and F) and the
// general category Mn.
constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
    Range{0x3400, 0x4DBF},   Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
    Range{0xA960, 0xA97F},   Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
    Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},   Range{0xFFE0, 0xFFE6},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FF}, Range{0x1F900, 0x1F9FF},
    Range{0x20000, 0x3FFFD},
};
constexpr std::array kNone = {
    Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x0610, 0x061A},
    Range{0x064B, 0x065F}, Range{0x0900, 0x0902}, Range{0x093C, 0x093C}, Range{0x0941, 0x0948},
    Range{0x094D, 0x094D}, Range{0x0E31, 0x0E31}, Range{0x0E34, 0x0E3A}, Range{0x0E47, 0x0E4E},
    Range{0x1AB0, 0x1AFF}, Range{0x1DC0, 0x1DFF}, Range{0x200B, 0x200F}, Range{0x20D0, 0x20FF},
    Range{0x3099, 0x309A}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xE0100, 0xE01EF},
};

template <std::size_t N>
bool in(const std::array<Range, N>& ranges, char32_t point) {
    return std::ranges::any_of(ranges, [point](const Range& range) {
        return point >= range.first && point <= range.last;
    });
}

}  // namespace

std::size_t text_width(std::string_view utf8) {
    std::size_t width = 0;
    while (!utf8.empty()) {
        const char32_t point = take_code_point(utf8).value_or(0xFFFD);
        if (!in(kNone, point)) width += in(kWide, point) ? 2u : 1u;
    }
    return width;
}

std::string cut_to(std::string_view line, std::size_t columns) {
    std::string out;
    std::size_t width = 0;
    while (!line.empty()) {
        const std::string_view before = line;
        const char32_t point = take_code_point(line).value_or(0xFFFD);
        if (point == 0x1B) {
            const std::size_t end = before.find_first_of("mHJK");
            line = end == std::string_view::npos ? std::string_view{} : before.substr(end + 1);
            out += before.substr(0, before.size() - line.size());
            continue;
        }
        const std::string_view character = before.substr(0, before.size() - line.size());
        width += text_width(character);
        if (width <= columns) out += character;
    }
    return out;
}

}  // namespace understudy::ctl
