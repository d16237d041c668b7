// ReplayStage: what a replay begins with. Pure; used by replay.cpp only.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "controller/core/replay.h"

namespace understudy::replay {

// Something a server did, or that became of it.
struct Happening {
    WallTime at{};
    ServerId server;
    std::optional<Sight> sight;  // none: it falls silent on its link
    Observer observer = {};      // who says it of its service
};

struct ServerState {
    bool known = false;  // it had connected before
    bool linked = false;
    bool failing = false;
    bool silent = false;
};

// What observers say, of which server.
using Sayings = std::map<std::pair<ServerId, Observer>, Sight>;

struct Stage {
    WallTime begins{};  // all before it is in `servers`
    std::map<ServerId, ServerState> servers;
    Sayings said;
    std::vector<Happening> happenings;  // in order
    Duration settle{0};                 // after so long without a happening nothing moves any more
};

bool is_of_an_observer(Sight sight);

Stage set_stage(const Snapshot& fleet, std::span<const Sighting> sightings,
                const Settings& settings);

// Every pool at home, every record right, nothing forced, no alarm open.
Snapshot at_home(const Snapshot& fleet, const Stage& stage, const Settings& settings);

}  // namespace understudy::replay
