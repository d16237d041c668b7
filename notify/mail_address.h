// E-mail addresses as SMTP takes them everywhere: ASCII, no quoting, no comments (a strict part of
// RFC 5321 4.1.2). Foreign bytes never reach an SMTP command or a header through them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy {

struct NamedAddress {
    std::string display_name;  // may be empty; any UTF-8
    std::string address;       // "understudy@example.org", its domain in Punycode
};

// A bare address. The error names field and value.
Result<std::string> read_mail_address(const std::string& field, std::string_view text);
// A bare address or "Name <address>".
Result<NamedAddress> read_named_address(const std::string& field, std::string_view text);

}  // namespace understudy
