// Header lines and bodies of internet messages (RFC 5322, 2045, 2047). Pure. Whatever is handed in,
// a header stays one header: control characters become spaces.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace understudy::mime {

// "Name: value\r\n" with free text: encoded words where it is not ASCII, folded before column 78.
std::string text_header(std::string_view name, std::string_view text);
// "Name: value\r\n" with a value that is ASCII and made of tokens: addresses, ids. Folded at its
// spaces.
std::string token_header(std::string_view name, std::string_view value);
// The display name of an address: as it is, quoted, or as encoded words.
std::string phrase(std::string_view text);

// "Sat, 21 Nov 2026 02:08:42 +0000", whatever the locale.
std::string date(WallTime time);

struct Body {
    std::string encoding;  // of the header Content-Transfer-Encoding
    std::string text;      // CRLF line ends
};
// Text with "\n" line ends. 7bit where lines are short ASCII, else quoted-printable: 8BITMIME is
// never needed.
Body encode_body(std::string_view text);

}  // namespace understudy::mime
