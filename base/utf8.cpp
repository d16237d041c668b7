#include "base/utf8.h"

#include <cstddef>

namespace understudy {
namespace {

struct Lead {
    std::size_t length = 0;  // 0: not a first byte
    char32_t bits = 0;
    char32_t smallest = 0;  // anything below is an overlong form
};

Lead read_lead(unsigned char byte) {
    if (byte < 0x80) return {1, byte, 0};
    if ((byte & 0xe0U) == 0xc0U) return {2, byte & 0x1fU, 0x80};
    if ((byte & 0xf0U) == 0xe0U) return {3, byte & 0x0fU, 0x800};
    if ((byte & 0xf8U) == 0xf0U) return {4, byte & 0x07U, 0x10000};
    return {};
}

}  // namespace

std::optional<char32_t> take_code_point(std::string_view& rest) {
    const std::string_view text = rest;
    rest.remove_prefix(1);
    const Lead lead = read_lead(static_cast<unsigned char>(text[0]));
    if (lead.length == 0 || lead.length > text.size()) return std::nullopt;
    char32_t point = lead.bits;
    for (const char c : text.substr(1, lead.length - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0U) != 0x80U) return std::nullopt;
        point = (point << 6U) | (byte & 0x3fU);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < lead.smallest || point > 0x10ffff || surrogate) return std::nullopt;
    rest = text.substr(lead.length);
    return point;
}

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view before = text;
        const bool valid = take_code_point(text).has_value();
        out += valid ? before.substr(0, before.size() - text.size()) : "\xef\xbf\xbd";
    }
    return out;
}

}  // namespace understudy
