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

// A policy by the name the report gives it. All but what it says is the default.
struct Rule {
    const char* name;
    Evidence evidence;
    Reaction reaction;
    bool admits_probes = true;  // else a firewall lets in nobody but the CDN
};
constexpr Rule kRules[] = {
    {"link", Evidence::Link, Reaction::Prompt},
    {"two_of", Evidence::TwoOf, Reaction::Prompt},
    {"two_of, no observer calibrated", Evidence::TwoOf, Reaction::Prompt, false},
    {"service", Evidence::Service, Reaction::Prompt},
    {"maintenance", Evidence::TwoOf, Reaction::Maintenance},
};

// Pools of three among 20 servers, a domain each.
FleetPlan plan_of(const Rule& rule) {
    FleetPlan plan;
    Policy policy;
    policy.reaction = rule.reaction;
    policy.evidence = rule.evidence;
    plan.observed = rule.evidence != Evidence::Link && rule.admits_probes;
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

Measured measure(FaultKind kind, const Rule& rule, std::uint64_t first_seed, Duration troubled,
                 Duration apart, int seeds) {
    Measured measured;
    for (int i = 0; i < seeds; ++i) {
        const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
        FleetPlan plan = plan_of(rule);
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

bool sound(const Measured& measured) {
    if (!measured.failure.empty()) std::printf("  broken: %s\n", measured.failure.c_str());
    return measured.failure.empty();
}

bool print_switches(const Rule& rule, std::uint64_t first_seed) {
    constexpr FaultKind kKinds[] = {FaultKind::AgentCrashClosed, FaultKind::AgentCrashSilent,
                                    FaultKind::AgentHalfOpen,    FaultKind::AgentShutdown,
                                    FaultKind::CheckFails,       FaultKind::ServiceDies};
    bool all_sound = true;
    for (const FaultKind kind : kKinds) {
        const Measured all = measure(kind, rule, first_seed, 2 * kDay, 4 * kHour, kSeeds);
        std::printf("| %s | %s | %zu | %.1f | %.1f | %.1f |\n", row_of(kind).what, rule.name,
                    all.took.size(), seconds_at(all.took, 50), seconds_at(all.took, 99),
                    seconds_at(all.took, 100));
        all_sound = sound(all) && all_sound;
    }
    return all_sound;
}

bool print_needless(const Rule& rule, std::uint64_t first_seed) {
    constexpr FaultKind kKinds[] = {
        FaultKind::AgentRestart,  FaultKind::BeatsLost,           FaultKind::CrossedLinks,
        FaultKind::MassReconnect, FaultKind::ControllerSuspended, FaultKind::CrashAfterCommit,
        FaultKind::PartitionAll,  FaultKind::PartitionMost,       FaultKind::PartitionSome,
        FaultKind::AgentKilled,   FaultKind::ProbesCutOff,        FaultKind::SiblingCutOff};
    bool all_sound = true;
    std::size_t needless = 0;
    double years = 0;
    for (const FaultKind kind : kKinds) {
        const Measured all = measure(kind, rule, first_seed, 10 * kDay, 6 * kHour, 8);
        std::printf("| %s | %s | %zu | %.1f |\n", row_of(kind).what, rule.name, all.needless,
                    static_cast<double>(all.needless) / all.server_years);
        all_sound = sound(all) && all_sound;
        needless += all.needless;
        years += all.server_years;
    }
    std::printf("| **all of them**, %.0f server-years | %s | %zu | %.2f |\n", years, rule.name,
                needless, static_cast<double>(needless) / years);
    return all_sound;
}

}  // namespace

int print_report(std::uint64_t first_seed) {
    bool all_sound = true;
    std::printf("| failure | policy | switches | p50 s | p99 s | max s |\n");
    std::printf("|---|---|---|---|---|---|\n");
    for (const Rule& rule : kRules)
        all_sound = print_switches(rule, first_seed) && all_sound;
    std::printf("\n| disturbance | policy | false switches | per server-year |\n");
    std::printf("|---|---|---|---|\n");
    for (const Rule& rule : kRules)
        all_sound = print_needless(rule, first_seed) && all_sound;
    return all_sound ? 0 : 1;
}

}  // namespace understudy::simulation
