// UTF-8, one code point at a time: what prints or stores foreign text goes through here. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace understudy {

// Takes the first code point off `rest`, which must not be empty. When the bytes are not UTF-8
// (RFC 3629: no surrogates, no overlong forms) exactly one byte is taken and the answer is none.
std::optional<char32_t> take_code_point(std::string_view& rest);

// The text with every byte that is not UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

}  // namespace understudy
