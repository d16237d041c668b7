// What a foreign certificate says, as curl tells it (CURLINFO_CERTINFO). Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace understudy {

// OpenSSL's "Nov 21 02:08:42 2026 GMT" as RFC 3339; empty: it is something else.
std::string rfc3339_of_openssl(std::string_view text);

// Somebody else chose it, and it is kept: nothing but its digits, and not more of them than the
// standard allows.
std::string serial_digits(std::string_view text);

// What a visitor asking for that name now would complain of, whoever signed it: "expired
// 2026-11-21T02:08:42Z". Empty: nothing. Dates as RFC 3339, alternatives as OpenSSL lists them
// ("DNS:example.org, DNS:*.example.org"); what is empty is not judged.
std::string certificate_misfit(std::string_view not_before, std::string_view not_after,
                               std::string_view alternatives, std::string_view name, WallTime now);

}  // namespace understudy
