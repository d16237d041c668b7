// Letters of protocols: names of header fields, hosts, hashes and types know no case but ASCII's,
// whatever the locale. Pure; any thread.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lower(std::string_view text);

bool same_ignoring_case(std::string_view a, std::string_view b);

constexpr bool is_letter_or_digit(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z');
}
inline constexpr std::string_view kBlanks = " \t";              // OWS, RFC 9110 5.6.3
inline constexpr std::string_view kBlanksAndLines = " \t\r\n";  // what also ends a line or a file

// Without what stands before and after it.
std::string_view trimmed(std::string_view text, std::string_view blanks = kBlanks);

std::string to_hex(std::string_view bytes);  // in small letters

// None: the text is no whole number, or goes on behind it, or is one that does not fit.
template <typename Number>
std::optional<Number> whole_number(std::string_view text, int base = 10) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stop, trouble] = std::from_chars(text.data(), end, number, base);
    return trouble == std::errc{} && stop == end ? std::optional{number} : std::nullopt;
}

}  // namespace understudy
