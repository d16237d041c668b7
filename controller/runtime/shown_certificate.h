// What a foreign certificate says, as curl tells it (CURLINFO_CERTINFO). Pure.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

// OpenSSL's "Nov 21 02:08:42 2026 GMT" as RFC 3339; empty: it is something else.
std::string rfc3339_of_openssl(std::string_view text);

// Somebody else chose it, and it is kept: nothing but its digits, and not more of them than the
// standard allows.
std::string serial_digits(std::string_view text);

}  // namespace understudy
