#include "notify/mail_address.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/domain_name.h"
#include "base/text.h"

namespace understudy {
namespace {

constexpr std::size_t kLocalPartLimit = 64;  // RFC 5321 4.5.3.1
constexpr std::size_t kAddressLimit = 254;
constexpr std::size_t kShownLimit = 80;

// RFC 5322 3.2.3: a dot-atom.
bool is_local_part(std::string_view text) {
    constexpr std::string_view kAllowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~.";
    return !text.empty() && text.size() <= kLocalPartLimit && text.front() != '.' &&
           text.back() != '.' && text.find("..") == std::string_view::npos &&
           text.find_first_not_of(kAllowed) == std::string_view::npos;
}

std::string shown(std::string_view text) {
    return "'" + plain_text(text, kShownLimit, "...") + "'";
}

Error no_address(const std::string& field, std::string_view text) {
    return invalid(field, shown(text) + " is not an e-mail address",
                   "write it like ops@example.org: letters, digits and .!#$%&'*+-/=?^_`{|}~ "
                   "before the @");
}

}  // namespace

Result<std::string> read_mail_address(const std::string& field, std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || !is_local_part(text.substr(0, at))) {
        return no_address(field, text);
    }
    const std::string_view typed = text.substr(at + 1);
    const auto domain = canonical_name(field, typed);
    if (!domain || typed.find('*') != std::string_view::npos) return no_address(field, text);
    std::string address = std::string{text.substr(0, at + 1)} + *domain;
    if (address.size() > kAddressLimit) return no_address(field, text);
    return address;
}

Result<NamedAddress> read_named_address(const std::string& field, std::string_view text) {
    const auto open = text.find('<');
    NamedAddress named;
    std::string_view address = trimmed(text);
    if (open != std::string_view::npos) {
        const std::string_view whole = trimmed(text);
        if (whole.back() != '>') return no_address(field, text);
        std::string_view name = trimmed(text.substr(0, open));
        if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
            name = name.substr(1, name.size() - 2);
        }
        if (!is_plain(name)) return no_address(field, text);
        named.display_name = name;
        address = whole.substr(whole.find('<') + 1);
        address.remove_suffix(1);
    }
    auto read = read_mail_address(field, address);
    if (!read) return no_address(field, text);
    named.address = std::move(*read);
    return named;
}

}  // namespace understudy
