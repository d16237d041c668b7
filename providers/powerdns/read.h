// What some names of one zone hold. See Provider::read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/powerdns/server.h"
#include "providers/provider.h"

namespace understudy::powerdns {

std::unique_ptr<Operation> make_read(std::shared_ptr<const Server> server, const ZoneRef& zone,
                                     std::vector<std::string> names);

}  // namespace understudy::powerdns
