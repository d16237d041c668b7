// The fleets that the report and the long run measure, and what is measured of them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {

inline constexpr std::size_t kReportServers = 20;
inline constexpr Duration kHour{3'600'000};
inline constexpr Duration kDay = 24 * kHour;

// So many disturbances are said to befall each server in a year. What is calm between two is cut to
// a little more than the longest time that the controller remembers such things for, an hour.
inline constexpr double kPerServerYear = 12;
inline constexpr Duration kDisturbedEvery = 75 * 60 * Duration{1'000};

// A policy by the name the report gives it. All but what it says is the default.
struct Rule {
    const char* name = "";
    Evidence evidence = Evidence::TwoOf;
    Reaction reaction = Reaction::Prompt;
    bool admits_probes = true;  // else a firewall lets in nobody but the CDN
    RequireReady require_ready = RequireReady::Prefer;
    std::chrono::seconds confirm{30};
    bool crowded = false;  // one hosting company has 12 of the 20 servers
};

// One kind of fault, again and again, no two of them at once.
struct Series {
    FaultKind kind = FaultKind::AgentCrashClosed;
    Duration troubled{0};
    Duration apart{0};
    int fleets = 0;
    Duration lasts = 75 * 60 * Duration{1'000};  // whatever such a fault does is over by then
};

struct Measured {
    std::size_t faults = 0;
    Switches sum;
    std::string failure;  // an invariant that was broken
    double server_years() const { return static_cast<double>(faults) / kPerServerYear; }

    void add(const Simulation& simulation, const Report& report);
};

// What kills nobody is over after that.
inline constexpr Duration kOver = 40 * 60 * Duration{1'000};

// What kills nobody.
std::span<const FaultKind> disturbances();

// Pools of three among the servers, a domain each.
FleetPlan report_fleet(const Rule& rule);
std::vector<Fault> regular_faults(std::span<const FaultKind> kinds, std::uint64_t seed,
                                  Duration troubled, Duration apart);
Measured measure(const Rule& rule, const Series& series, std::uint64_t first_seed);

// With so much certainty there are no more than that many on average, or no fewer, where `count`
// were seen (Poisson).
double at_most(std::size_t count, double certainty);
double at_least(std::size_t count, double certainty);

}  // namespace understudy::simulation
