// What a reading by name leaves out: PowerDNS shows disabled records in a whole zone and in its
// search, and not with ?rrset_name= (measured with 4.7.3).
#pragma once

#include <optional>
#include <string>

#include "providers/powerdns/zone.h"

namespace understudy::powerdns {

// The search for one name, below the server's path.
std::string search_path(const std::string& name);

// Adds the disabled address records of that name to what was read by name. An error unless the
// search has shown every served one too: a set of which a part is hidden must not be replaced.
std::optional<Error> add_unserved(json::Value hits, const Zone& zone, const std::string& name,
                                  std::vector<RrSet>& sets);

}  // namespace understudy::powerdns
