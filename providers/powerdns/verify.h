// What can be said about server and key without writing. See Provider::verify.
#pragma once

#include <memory>

#include "providers/powerdns/server.h"
#include "providers/provider.h"

namespace understudy::powerdns {

std::unique_ptr<Operation> make_verify(std::shared_ptr<const Server> server);

}  // namespace understudy::powerdns
