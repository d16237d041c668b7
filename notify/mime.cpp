#include "notify/mime.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/ascii.h"
#include "base/crypto.h"
#include "base/text.h"
#include "base/utf8.h"

namespace understudy::mime {
namespace {

constexpr std::size_t kColumnLimit = 76;
constexpr std::size_t kEncodedBytes = 42;  // an encoded word has at most 75 characters

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// Encoded words that never split a code point (RFC 2047 5), separated by spaces, which readers
// drop.
std::string encoded_words(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::string_view rest = text;
        while (!rest.empty()) {
            std::string_view next = rest;
            take_code_point(next);
            if (text.size() - next.size() > kEncodedBytes) break;
            rest = next;
        }
        if (!out.empty()) out += ' ';
        out += "=?UTF-8?B?" + to_base64(text.substr(0, text.size() - rest.size())) + "?=";
        text = rest;
    }
    return out;
}

// Breaks before a space where the line would get too long; a longer word stays whole.
std::string folded(std::string line) {
    std::string out;
    while (line.size() > kColumnLimit) {
        // Not right after the name: a line of white space alone would follow it.
        const auto name_end = out.empty() ? line.find(": ") + 2 : 1;
        auto at = line.rfind(' ', kColumnLimit);
        if (at == std::string::npos || at < name_end) at = line.find(' ', kColumnLimit);
        if (at == std::string::npos || at + 1 >= line.size()) break;
        out += line.substr(0, at) + "\r\n";
        line = line.substr(at);
    }
    return out + line + "\r\n";
}

// What is foreign, as one line of a mail.
std::string line_of(std::string_view text) {
    return std::string{trimmed(plain_text(text))};
}

bool fits_7bit(std::string_view text) {
    std::size_t column = 0;
    for (const char c : text) {
        column = c == '\n' ? 0 : column + 1;
        if (column > kColumnLimit || (c != '\n' && (c < 0x20 || c >= 0x7f))) return false;
    }
    return true;
}

// RFC 2045 6.7: one line without its end.
std::string quoted_printable(std::string_view line) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    std::size_t column = 0;
    for (std::size_t index = 0; index < line.size(); ++index) {
        const char c = line[index];
        const bool last = index + 1 == line.size();
        const bool plain = (c > 0x20 && c < 0x7f && c != '=') || (c == ' ' && !last);
        const std::size_t width = plain ? 1 : 3;
        if (column + width > kColumnLimit - 1) {
            out += "=\r\n";
            column = 0;
        }
        const auto byte = static_cast<unsigned char>(c);
        if (plain) {
            out += c;
        } else {
            out += {'=', kHex[byte >> 4U], kHex[byte & 0x0fU]};
        }
        column += width;
    }
    return out;
}

}  // namespace

std::string text_header(std::string_view name, std::string_view text) {
    const std::string line = line_of(text);
    // A text that looks like an encoded word would be decoded by the reader.
    const bool plain = is_ascii(line) && line.find("=?") == std::string::npos;
    return folded(std::string{name} + ": " + (plain ? line : encoded_words(line)));
}

std::string token_header(std::string_view name, std::string_view value) {
    return folded(std::string{name} + ": " + line_of(value));
}

std::string phrase(std::string_view text) {
    std::string line = line_of(text);
    if (!is_ascii(line) || line.find("=?") != std::string::npos) return encoded_words(line);
    constexpr std::string_view kAtom =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~ ";
    if (line.find_first_not_of(kAtom) == std::string::npos) return line;
    std::string quoted = "\"";
    for (const char c : line) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string date(WallTime time) {
    constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day calendar{day};
    const hh_mm_ss clock{floor<seconds>(time - day)};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
                  kDays[weekday{day}.c_encoding()], static_cast<unsigned>(calendar.day()),
                  kMonths[static_cast<unsigned>(calendar.month()) - 1],
                  static_cast<int>(calendar.year()), static_cast<int>(clock.hours().count()),
                  static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

Body encode_body(std::string_view text) {
    const bool plain = fits_7bit(text);
    Body body{plain ? "7bit" : "quoted-printable", {}};
    while (!text.empty()) {
        const auto end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        body.text += (plain ? std::string{line} : quoted_printable(line)) + "\r\n";
    }
    return body;
}

}  // namespace understudy::mime
