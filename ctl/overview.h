// Everything that people forced, gathered for the commands that show the whole.
#pragma once

#include <optional>
#include <vector>

#include "ctl/override_text.h"
#include "ctl/session.h"

namespace understudy::ctl {

// From the answers of /status, /servers and /pools.
std::vector<Forced> overrides_of(json::Value status, json::Value servers, json::Value pools);

// `status`: the answer of /status. None: said, return session.failure().
std::optional<std::vector<Forced>> find_overrides(Session& session, json::Value status);

}  // namespace understudy::ctl
