// How a server gets other addresses, be it by a person's order or because its agent's report was
// proven (candidates.h).
#pragma once

#include <optional>
#include <string>

#include "controller/core/step_context.h"

namespace understudy::server_address {

// "ipv4 192.0.2.1 belongs to server 'web2'": two servers with one address could not be told apart
// in a record. None: nobody but that server has them.
std::optional<std::string> taken(const Fleet& fleet, const std::optional<Ipv4>& ipv4,
                                 const std::optional<Ipv6>& ipv6, ServerId itself);

// Puts the server as it shall be; the records that hold an old address follow. The line is given
// its server and both addresses, and its id is returned.
EventId change(StepContext& context, Server server, LogLine line);

}  // namespace understudy::server_address
