// The record sets of some names of one zone, and the zone itself.
//
// What is served of a few names is asked for one by one; for more, and for sets that shall be
// replaced, the whole zone is read once, and if that fails (it may be huge), one by one after all.
#pragma once

#include <string>
#include <vector>

#include "providers/powerdns/server.h"
#include "providers/powerdns/zone.h"

namespace understudy::powerdns {

struct ZoneReading {
    Zone zone;
    SetsByName sets;  // an entry for every name
};

// An error, too, when the zone's records come from elsewhere. The server outlives it.
Talk<Result<ZoneReading>> read_sets_of(const Server& server, std::string zone_id,
                                       std::vector<std::string> names, Extent extent);

}  // namespace understudy::powerdns
