// FleetPlan: the fleet of one seed, drawn before anything runs: servers, zones, pools with their
// policies, domains, and how long trouble lasts. Most seeds are small, some are large or long.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "controller/core/engine.h"

namespace understudy::simulation {

struct PlannedServer {
    std::string name;
    Ipv4 ipv4;
    std::optional<Ipv6> ipv6;
    std::map<std::string, std::string> labels;  // of one or another hosting company, or none
};
struct PlannedPool {
    std::string name;
    std::vector<std::size_t> members;  // indices of servers
    Policy policy;
};
struct PlannedDomain {
    std::string name;
    std::size_t zone = 0;
    std::size_t pool = 0;
    bool with_ipv6 = false;
    bool proxied = false;
};
struct FleetPlan {
    std::vector<PlannedServer> servers;
    std::size_t zones = 1;
    std::vector<PlannedPool> pools;
    std::vector<PlannedDomain> domains;
    EngineTimings timings;
    Policy default_policy;
    Duration troubled{0};  // virtual time with faults
    double faults_per_hour = 0;
    Duration shortest_timeout{120'000};  // of health, over all policies
    bool wired = false;                  // its agents are the production code (agents.h)
    bool observed = false;               // its services are probed (observers.h)
    Duration awake{0};  // for so long after a fault they say what they see; 0: always
};

FleetPlan draw_fleet(std::uint64_t seed);

std::string zone_id(std::size_t zone);
std::string zone_name(std::size_t zone);
PlannedServer planned_server(std::size_t index, bool with_ipv6);

}  // namespace understudy::simulation
