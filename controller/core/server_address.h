// How a server gets other addresses, be it by a person's order or because its agent's report was
// proven (candidates.h).
#pragma once

#include "controller/core/step_context.h"

namespace understudy::server_address {

// Puts the server as it shall be; the records that hold an old address follow. The line is given
// its server and both addresses, and its id is returned.
EventId change(StepContext& context, Server server, LogLine line);

}  // namespace understudy::server_address
