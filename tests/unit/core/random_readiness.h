// What sweeps of probes find, by lot or all well, for random runs.
#pragma once

#include <utility>

#include "base/random.h"
#include "controller/core/fleet.h"
#include "controller/core/input.h"
#include "tests/unit/core/random_orders.h"

namespace understudy {

inline ReadinessFound all_ready(const Fleet& fleet, ServerId server) {
    ReadinessFound found;
    found.server = server;
    found.reached = true;
    for (const PoolId id : fleet.pools_of(server))
        found.pools.push_back(PoolReadiness{id, 1, 0, 0, {}, true});
    return found;
}

// Of all its pools' domains, or of some that went elsewhere meanwhile.
inline ReadinessFound drawn_readiness(Random& random, const Fleet& fleet, RandomOrders& orders) {
    ReadinessFound found;
    found.server = orders.any_server();
    found.reached = random.chance(0.8);
    if (random.chance(0.1)) found.trouble = "no route from here";
    for (const PoolId id : fleet.pools_of(found.server)) {
        PoolReadiness pool{id, 3, random.below(3), random.below(2), {}, random.chance(0.5)};
        if (pool.unready > 0) pool.named.push_back({orders.any_domain(), "503"});
        found.pools.push_back(std::move(pool));
    }
    return found;
}

}  // namespace understudy
