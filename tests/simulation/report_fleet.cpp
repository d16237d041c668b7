#include "tests/simulation/report_fleet.h"

#include <algorithm>
#include <cmath>

namespace understudy::simulation {
namespace {

constexpr FaultKind kDisturbances[] = {
    FaultKind::AgentRestart,  FaultKind::AgentKilled,      FaultKind::BeatsLost,
    FaultKind::CrossedLinks,  FaultKind::MassReconnect,    FaultKind::PartitionSome,
    FaultKind::PartitionMost, FaultKind::PartitionAll,     FaultKind::ControllerSuspended,
    FaultKind::ProbesCutOff,  FaultKind::ProberOverloaded, FaultKind::SiblingCutOff,
    FaultKind::SiblingsBlind, FaultKind::CrashAfterCommit};

// That so many or fewer are seen where `mean` are expected.
double chance_of_at_most(std::size_t count, double mean) {
    double sum = 0;
    for (std::size_t i = 0; i <= count; ++i) {
        const auto times = static_cast<double>(i);
        sum += std::exp(times * std::log(mean) - mean - std::lgamma(times + 1));
    }
    return sum;
}

// The mean at which that chance is `chance`: it falls with the mean.
double mean_at(std::size_t count, double chance) {
    double low = 1e-9;
    double high = 10 + 3 * static_cast<double>(count);
    for (int i = 0; i < 60; ++i) {
        const double middle = (low + high) / 2;
        (chance_of_at_most(count, middle) > chance ? low : high) = middle;
    }
    return high;
}

}  // namespace

std::span<const FaultKind> disturbances() {
    return kDisturbances;
}

FleetPlan report_fleet(const Rule& rule) {
    FleetPlan plan;
    Policy policy;
    policy.reaction = rule.reaction;
    policy.evidence = rule.evidence;
    policy.require_ready = rule.require_ready;
    policy.confirm_s = rule.confirm;
    plan.observed = rule.evidence != Evidence::Link && rule.admits_probes;
    for (std::size_t i = 0; i < kReportServers; ++i) {
        plan.servers.push_back(planned_server(i, false));
        if (rule.crowded) {
            plan.servers.back().labels.clear();
            if (i % 5 < 3) plan.servers.back().labels = {{"hosting", "acme"}};
        }
        const std::string number = std::to_string(i);
        plan.pools.push_back(
            {"pool" + number, {i, (i + 1) % kReportServers, (i + 2) % kReportServers}, policy});
        plan.domains.push_back({"d" + number + "." + zone_name(0), 0, i, false, true});
    }
    return plan;
}

std::vector<Fault> regular_faults(std::span<const FaultKind> kinds, std::uint64_t seed,
                                  Duration troubled, Duration apart) {
    Random random{seed};
    std::vector<Fault> faults;
    for (Duration at{0}; at < troubled; at += apart) {
        const Duration when = at + random.between(Duration{0}, apart / 4);
        const FaultKind kind = kinds.size() == 1 ? kinds[0] : kinds[random.below(kinds.size())];
        faults.push_back({when, kind, random.below(UINT64_MAX)});
    }
    return faults;
}

void Measured::add(const Simulation& simulation, const Report& report) {
    const Switches& one = simulation.switches();
    if (!report.failure.empty()) failure = report.failure;
    faults += report.faults;
    sum.struck += one.struck;
    sum.moves += one.moves;
    sum.needless += one.needless;
    sum.unready += one.unready;
    sum.took.insert(sum.took.end(), one.took.begin(), one.took.end());
}

Measured measure(const Rule& rule, const Series& series, std::uint64_t first_seed) {
    Measured measured;
    for (int i = 0; i < series.fleets; ++i) {
        const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
        FleetPlan plan = report_fleet(rule);
        plan.troubled = series.troubled;
        plan.awake = series.lasts;
        const FaultKind kinds[] = {series.kind};
        Simulation simulation{seed, plan,
                              regular_faults(kinds, seed, series.troubled, series.apart)};
        const Report report = simulation.run();
        measured.add(simulation, report);
    }
    std::ranges::sort(measured.sum.took);
    return measured;
}

double at_most(std::size_t count, double certainty) {
    return mean_at(count, 1 - certainty);
}

double at_least(std::size_t count, double certainty) {
    return count == 0 ? 0 : mean_at(count - 1, certainty);
}

}  // namespace understudy::simulation
