// Sending a fleet to the controller, however long it reads the records of new domains.
#pragma once

#include <optional>
#include <string>

#include "ctl/session.h"

namespace understudy::ctl {

// The answer when it is applied, or rehearsed; meanwhile it is shown how far the reading is. None:
// it failed, the reason is printed.
std::optional<json::Document> post_fleet(Session& session, const std::string& body);

}  // namespace understudy::ctl
