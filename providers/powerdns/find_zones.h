// Which zones some names live in. One name is asked for by its candidates; many are
// looked up in the list of all zones, unless that is too long to be had.
#pragma once

#include <string>
#include <vector>

#include "providers/powerdns/server.h"

namespace understudy::powerdns {

// The server outlives it.
Talk<Result<ZoneFindings>> find_zones(const Server& server, std::vector<std::string> names);

}  // namespace understudy::powerdns
