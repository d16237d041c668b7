// What /metrics says of the fleet as far as its caller sees it: of everything to somebody without a
// scope, of his own to somebody with one.
#pragma once

#include "controller/api/call.h"
#include "controller/api/census.h"
#include "controller/api/exposition.h"
#include "controller/core/what_if.h"
#include "controller/core/work.h"

namespace understudy::api {

// What goes through the whole fleet.
struct FleetCount {
    CensusWalk census;
    bool counted = false;
    what_if::EachLossWalk losses;

    bool go_on(const SeenFleet& engine, Instant now, Work& work) {
        if (!counted) counted = census.go_on(engine, now, work);
        return counted && losses.go_on(engine.view(now), work);
    }
};

// Once it is counted.
void add_fleet(Exposition& out, const Context& api, FleetCount& through, Instant now);
// The accounts at DNS providers: what is left of their budgets, what went wrong.
void add_providers(Exposition& out, const Context& api);
// What can be opened with the key in use.
void add_credentials(Exposition& out, const Context& api);

}  // namespace understudy::api
