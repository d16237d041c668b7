// FindZones: which zones some names live in. One name is asked for by its candidates; many are
// looked up in the list of all zones, unless that is too long to be had.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/powerdns/server.h"
#include "providers/provider.h"

namespace understudy::powerdns {

std::unique_ptr<Operation> make_find_zones(std::shared_ptr<const Server> server,
                                           std::vector<std::string> names);

}  // namespace understudy::powerdns
