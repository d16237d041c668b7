#include "tests/simulation/report.h"

#include <algorithm>
#include <cstdio>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {
namespace {

constexpr int kSeeds = 60;
constexpr Duration kHour{3'600'000};
constexpr Duration kDay = 24 * kHour;
constexpr std::size_t kServers = 20;

// Pools of three among 20 servers, a domain each.
FleetPlan plan_of(Reaction reaction) {
    FleetPlan plan;
    Policy policy;
    policy.reaction = reaction;
    for (std::size_t i = 0; i < kServers; ++i) {
        plan.servers.push_back(planned_server(i, false));
        const std::string number = std::to_string(i);
        plan.pools.push_back(
            {"pool" + number, {i, (i + 1) % kServers, (i + 2) % kServers}, policy});
        plan.domains.push_back({"d" + number + "." + zone_name(0), 0, i, false, true});
    }
    return plan;
}

// One fault of that kind every `apart`, no two of them at once.
std::vector<Fault> faults_of(FaultKind kind, std::uint64_t seed, Duration troubled,
                             Duration apart) {
    Random random{seed};
    std::vector<Fault> faults;
    for (Duration at{0}; at < troubled; at += apart) {
        const Duration when = at + random.between(Duration{0}, apart / 4);
        faults.push_back({when, kind, random.below(UINT64_MAX)});
    }
    return faults;
}

struct Measured {
    std::vector<Duration> took;
    std::size_t needless = 0;
    double server_years = 0;
    std::string failure;
};

Measured measure(FaultKind kind, Reaction reaction, std::uint64_t first_seed, Duration troubled,
                 Duration apart, int seeds) {
    Measured measured;
    for (int i = 0; i < seeds; ++i) {
        const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
        FleetPlan plan = plan_of(reaction);
        plan.troubled = troubled;
        Simulation simulation{seed, plan, faults_of(kind, seed, troubled, apart)};
        const Report report = simulation.run();
        if (!report.failure.empty()) measured.failure = report.failure;
        for (const auto& [which, took] : simulation.switches().took)
            measured.took.push_back(took);
        measured.needless += simulation.switches().needless;
        measured.server_years += static_cast<double>(kServers) *
                                 std::chrono::duration<double>(troubled).count() /
                                 (365.25 * 86'400);
    }
    std::ranges::sort(measured.took);
    return measured;
}

double seconds_at(const std::vector<Duration>& sorted, std::size_t percent) {
    if (sorted.empty()) return 0;
    const std::size_t at = std::min(sorted.size() - 1, sorted.size() * percent / 100);
    return static_cast<double>(sorted[at].count()) / 1'000;
}

bool print_switches(Reaction reaction, std::uint64_t first_seed) {
    constexpr FaultKind kKinds[] = {FaultKind::AgentCrashClosed, FaultKind::AgentCrashSilent,
                                    FaultKind::AgentHalfOpen, FaultKind::AgentShutdown,
                                    FaultKind::CheckFails};
    bool sound = true;
    for (const FaultKind kind : kKinds) {
        const Measured all = measure(kind, reaction, first_seed, 2 * kDay, 4 * kHour, kSeeds);
        std::printf("| %s | %s | %zu | %.1f | %.1f | %.1f |\n", row_of(kind).what,
                    to_text(reaction), all.took.size(), seconds_at(all.took, 50),
                    seconds_at(all.took, 99), seconds_at(all.took, 100));
        if (!all.failure.empty()) std::printf("  broken: %s\n", all.failure.c_str());
        sound = sound && all.failure.empty();
    }
    return sound;
}

bool print_needless(Reaction reaction, std::uint64_t first_seed) {
    constexpr FaultKind kKinds[] = {
        FaultKind::AgentRestart,  FaultKind::BeatsLost,           FaultKind::CrossedLinks,
        FaultKind::MassReconnect, FaultKind::ControllerSuspended, FaultKind::CrashAfterCommit,
        FaultKind::PartitionAll,  FaultKind::PartitionMost,       FaultKind::PartitionSome};
    bool sound = true;
    for (const FaultKind kind : kKinds) {
        const Measured all = measure(kind, reaction, first_seed, 10 * kDay, 6 * kHour, 8);
        std::printf("| %s | %s | %zu | %.1f |\n", row_of(kind).what, to_text(reaction),
                    all.needless, static_cast<double>(all.needless) / all.server_years);
        if (!all.failure.empty()) std::printf("  broken: %s\n", all.failure.c_str());
        sound = sound && all.failure.empty();
    }
    return sound;
}

}  // namespace

int print_report(std::uint64_t first_seed) {
    bool sound = true;
    std::printf("| failure | reaction | switches | p50 s | p99 s | max s |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const Reaction reaction : {Reaction::Prompt, Reaction::Maintenance})
        sound = print_switches(reaction, first_seed) && sound;
    std::printf("\n| disturbance | reaction | false switches | per server-year |\n");
    std::printf("|---|---|---|---|\n");
    for (const Reaction reaction : {Reaction::Prompt, Reaction::Maintenance})
        sound = print_needless(reaction, first_seed) && sound;
    return sound ? 0 : 1;
}

}  // namespace understudy::simulation
