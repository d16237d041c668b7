// What the commands that show the whole have in common: every server and pool, what people forced
// on them, and what waits for a person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ctl/override_text.h"
#include "ctl/session.h"

namespace understudy::ctl {

struct Overview {
    json::Document status, servers, pools;  // the answers of /status, /servers and /pools
};
// None: said, return session.failure().
std::optional<Overview> take_overview(Session& session);

// Records that somebody else changed, what holds automation, what comes next, what waits for a
// person, and what people forced: lists for the top of a picture, at most `most` of each; empty
// ones are left out.
std::vector<std::string> notices_of(const Overview& overview, std::size_t most, bool colours);

}  // namespace understudy::ctl
