#include "tests/simulation/report.h"

#include <algorithm>
#include <cstdio>

#include "tests/simulation/report_fleet.h"

namespace understudy::simulation {
namespace {

constexpr Rule kRules[] = {
    {.name = "link", .evidence = Evidence::Link},
    {.name = "two_of"},
    {.name = "two_of, the firewall admits only the CDN", .admits_probes = false},
    {.name = "service", .evidence = Evidence::Service},
    {.name = "maintenance", .reaction = Reaction::Maintenance},
};
constexpr FaultKind kFailures[] = {FaultKind::AgentCrashClosed, FaultKind::AgentCrashSilent,
                                   FaultKind::AgentHalfOpen,    FaultKind::AgentShutdown,
                                   FaultKind::CheckFails,       FaultKind::ServiceDies,
                                   FaultKind::ServiceFreezes,   FaultKind::GreyFailure};

// About as many of them as of a failure.
Series disturbed(FaultKind kind, int fleets) {
    constexpr int kInOneFleet = 12;
    return {kind, kInOneFleet * kDisturbedEvery, kDisturbedEvery, fleets, kOver};
}

double seconds_at(const std::vector<Duration>& sorted, std::size_t percent) {
    if (sorted.empty()) return 0;
    const std::size_t at = std::min(sorted.size() - 1, sorted.size() * percent / 100);
    return static_cast<double>(sorted[at].count()) / 1'000;
}

bool sound(const Measured& measured) {
    if (!measured.failure.empty()) std::printf("  broken: %s\n", measured.failure.c_str());
    std::fflush(stdout);
    return measured.failure.empty();
}

bool print_times(const char* what, const Rule& rule, const Measured& all) {
    std::printf("| %s | %s | %zu | %zu | ", what, rule.name, all.sum.struck, all.sum.took.size());
    if (all.sum.took.empty()) {
        std::printf("- | - | - |\n");
    } else {
        std::printf("%.1f | %.1f | %.1f |\n", seconds_at(all.sum.took, 50),
                    seconds_at(all.sum.took, 99), seconds_at(all.sum.took, 100));
    }
    return sound(all);
}

bool print_needless(const char* what, const char* rule, const Measured& all) {
    const auto needless = static_cast<double>(all.sum.needless);
    std::printf("| %s | %s | %zu | %zu | %.3f | %.2f |\n", what, rule, all.faults, all.sum.needless,
                needless / static_cast<double>(all.faults), needless / all.server_years());
    return sound(all);
}

bool print_failures(std::uint64_t first_seed, int fleets, const std::string& failure) {
    std::printf("| failure | policy | failures | switches | p50 s | p99 s | max s |\n");
    std::printf("|---|---|---|---|---|---|---|\n");
    bool all_sound = true;
    for (const Rule& rule : kRules) {
        for (const FaultKind kind : kFailures) {
            if (!failure.empty() && failure != row_of(kind).name) continue;
            const Measured all = measure(rule, {kind, kDay, 2 * kHour, fleets}, first_seed);
            all_sound = print_times(row_of(kind).what, rule, all) && all_sound;
        }
    }
    return all_sound;
}

// Seven of the twenty servers at most, and twelve.
bool print_hosting(std::uint64_t first_seed, int fleets) {
    std::printf(
        "\n| a hosting company vanishes | policy | servers | switches | p50 s | p99 s | "
        "max s |\n|---|---|---|---|---|---|---|\n");
    bool all_sound = true;
    for (Rule rule : kRules) {
        for (const bool most : {false, true}) {
            rule.crowded = most;
            const Series series{FaultKind::HostingVanishes, kDay, 2 * kHour,
                                std::max(1, fleets / 2)};
            const Measured all = measure(rule, series, first_seed);
            all_sound = print_times(most ? "with more than half of the servers" : "with fewer",
                                    rule, all) &&
                        all_sound;
        }
    }
    return all_sound;
}

bool print_readiness(std::uint64_t first_seed, int fleets) {
    constexpr Rule kRequired[] = {
        {.name = "prefer"},
        {.name = "must", .require_ready = RequireReady::Must},
    };
    std::printf(
        "\n| the stand-by's certificate has expired, then the primary dies | failures | "
        "switches | of these to the unready one |\n|---|---|---|---|\n");
    bool all_sound = true;
    for (const Rule& rule : kRequired) {
        const Measured all =
            measure(rule, {FaultKind::StandbyExpired, kDay, 2 * kHour, fleets}, first_seed);
        std::printf("| require_ready %s | %zu | %zu | %zu |\n", rule.name, all.sum.struck,
                    all.sum.moves, all.sum.unready);
        all_sound = sound(all) && all_sound;
    }
    return all_sound;
}

bool print_disturbances(std::uint64_t first_seed, int fleets) {
    std::printf(
        "\n| disturbance | policy | disturbances | false switches | per disturbance | per "
        "server-year |\n|---|---|---|---|---|---|\n");
    bool all_sound = true;
    for (const Rule& rule : kRules) {
        Measured sum;
        for (const FaultKind kind : disturbances()) {
            const Series series = disturbed(kind, fleets);
            const Measured all = measure(rule, series, first_seed);
            all_sound = print_needless(row_of(kind).what, rule.name, all) && all_sound;
            sum.faults += all.faults;
            sum.sum.needless += all.sum.needless;
        }
        print_needless("**all of them**", rule.name, sum);
    }
    return all_sound;
}

// What a longer confirm_s buys, and costs.
bool print_trade(std::uint64_t first_seed, int fleets) {
    std::printf(
        "\n| confirm_s | no sibling reaches one server: false switches | per disturbance | "
        "service dead, its agent lives: p50 s | p99 s |\n|---|---|---|---|---|\n");
    bool all_sound = true;
    for (const int confirm : {5, 15, 30, 60, 120, 300, 600}) {
        const Rule rule{.confirm = std::chrono::seconds{confirm}};
        const Measured blind =
            measure(rule, disturbed(FaultKind::SiblingsBlind, fleets), first_seed);
        const Measured dead = measure(
            rule, {FaultKind::ServiceDies, kDay, 2 * kHour, std::max(1, fleets / 2)}, first_seed);
        std::printf("| %d | %zu of %zu | %.3f | %.1f | %.1f |\n", confirm, blind.sum.needless,
                    blind.faults,
                    static_cast<double>(blind.sum.needless) / static_cast<double>(blind.faults),
                    seconds_at(dead.sum.took, 50), seconds_at(dead.sum.took, 99));
        all_sound = sound(blind) && sound(dead) && all_sound;
    }
    return all_sound;
}

}  // namespace

int print_report(std::uint64_t first_seed, int fleets, const std::string& failure) {
    bool all_sound = print_failures(first_seed, fleets, failure);
    if (!failure.empty()) return all_sound ? 0 : 1;
    all_sound = print_hosting(first_seed, fleets) && all_sound;
    all_sound = print_readiness(first_seed, fleets) && all_sound;
    all_sound = print_disturbances(first_seed, fleets) && all_sound;
    all_sound = print_trade(first_seed, fleets) && all_sound;
    return all_sound ? 0 : 1;
}

}  // namespace understudy::simulation
