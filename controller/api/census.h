// How many of everything, for status and metrics: one pass over the fleet. Pure.
#pragma once

#include <map>
#include <string>

#include "controller/core/engine.h"

namespace understudy::api {

struct Census {
    // Every word is there, also with zero.
    std::map<std::string, std::size_t> servers_by_health, domains_by_status;
    std::size_t servers = 0, pools = 0, pools_failed_over = 0, pools_in_outage = 0, domains = 0;
};

Census take_census(const Engine& engine, Instant now);

}  // namespace understudy::api
