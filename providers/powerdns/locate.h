// The zone of a name, and what the name holds now. See Provider::locate.
#pragma once

#include <memory>
#include <string>

#include "providers/powerdns/server.h"
#include "providers/provider.h"

namespace understudy::powerdns {

std::unique_ptr<Operation> make_locate(std::shared_ptr<const Server> server, std::string name);

}  // namespace understudy::powerdns
