// DNS names in one form: lower case, Punycode (IDNA 2008 by libidn2), no trailing dot. Everything
// that stores or compares a name uses this form; people may type any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy {

// Accepts Unicode, upper case, a trailing dot, and "*" as the first label. Refuses what cannot be a
// host's name in a zone: empty or long labels (63), long names (253), spaces, "..", an IP address.
Result<std::string> canonical_name(std::string field, std::string_view text);

// The Unicode form for people; the input when there is none.
std::string display_name(std::string_view canonical);

// "bücher.example (xn--bcher-kva.example)", or the name alone where both are the same: people
// recognise one, files and zones have the other.
std::string both_forms(std::string_view canonical);

// name == zone or ends with "." + zone; both canonical.
bool name_in_zone(std::string_view name, std::string_view zone);

// "a.b.example.org" -> itself, "b.example.org", "example.org", "org": longest first; a leading "*."
// is skipped.
std::vector<std::string> zone_candidates(std::string_view canonical);

// An operator's name for a server, pool, provider or channel: 1-63 of [a-z0-9._+-], starting with a
// letter or digit.
Result<std::string> read_label(std::string field, std::string_view text);

}  // namespace understudy
