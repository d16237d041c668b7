#include "tests/simulation/fleet_plan.h"

#include <algorithm>

#include "tests/support/policy_words.h"

namespace understudy::simulation {
namespace {

struct Size {
    std::size_t servers, pools, domains;
};

// Every heartbeat of a wired fleet is one: few servers and not for weeks.
constexpr std::size_t kWiredServers = 7;
constexpr Duration kWiredTime{4 * 3'600'000};
constexpr double kWired = 0.3;
constexpr std::size_t kObservedServers = 30;
constexpr double kObserved = 0.6;

// 86 % small, 13 % of some dozens, 1 % up to the largest that is supported.
Size draw_size(Random& random) {
    const auto draw = random.below(1'000);
    if (draw < 860) return {2 + random.below(6), 1 + random.below(4), 1 + random.below(12)};
    if (draw < 994) return {6 + random.below(35), 2 + random.below(12), 10 + random.below(150)};
    return {40 + random.below(161), 5 + random.below(36), 500 + random.below(4'501)};
}

void draw_length(Random& random, const Size& size, FleetPlan& plan) {
    constexpr Duration kHour{3'600'000};
    if (size.domains >= 500) {
        plan.troubled = random.between(kHour / 2, kHour);
        plan.faults_per_hour = 20;
    } else if (random.chance(0.03)) {
        plan.troubled = random.between(3 * 24 * kHour, 15 * 24 * kHour);
        plan.faults_per_hour = 0.5;
    } else {
        plan.troubled = random.between(kHour / 2, 4 * kHour);
        plan.faults_per_hour = 5 + static_cast<double>(random.below(60));
    }
}

void draw_guards(Random& random, GuardLimits& guards) {
    guards.witnesses = random.chance(0.15);
    if (!random.chance(0.2)) return;
    guards.changes_per_pool = 3 + static_cast<std::uint32_t>(random.below(10));
    guards.changes_per_record = guards.changes_per_pool;
    guards.mass_loss_servers = 2 + static_cast<int>(random.below(3));
}

}  // namespace

std::string zone_id(std::size_t zone) {
    return "zone" + std::to_string(zone);
}
std::string zone_name(std::size_t zone) {
    return "z" + std::to_string(zone) + ".example";
}

PlannedServer planned_server(std::size_t index, bool with_ipv6) {
    PlannedServer server;
    server.name = "web" + std::to_string(index + 1);
    if (index % 3 != 0) server.labels = {{"hosting", index % 2 == 0 ? "acme" : "blue"}};
    const std::size_t third = 1 + index % 250;
    server.ipv4 = {
        {10, 0, static_cast<std::uint8_t>(index / 250), static_cast<std::uint8_t>(third)}};
    if (with_ipv6) {
        server.ipv6 = parse_ipv6("2001:db8::").value();
        server.ipv6->bytes[14] = static_cast<std::uint8_t>(index / 250);
        server.ipv6->bytes[15] = static_cast<std::uint8_t>(third);
    }
    return server;
}

FleetPlan draw_fleet(std::uint64_t seed) {
    Random random{seed};
    FleetPlan plan;
    const Size size = draw_size(random);
    draw_length(random, size, plan);
    draw_guards(random, plan.timings.guards);
    const bool any_ipv6 = random.chance(0.5);
    for (std::size_t i = 0; i < size.servers; ++i)
        plan.servers.push_back(planned_server(i, any_ipv6 && random.chance(0.7)));
    plan.zones = 1 + random.below(size.domains > 100 ? 8 : 3);
    for (std::size_t p = 0; p < size.pools; ++p) {
        PlannedPool pool;
        pool.name = "pool" + std::to_string(p);
        const std::size_t members = std::min<std::size_t>(size.servers, 2 + random.below(4));
        const std::size_t first = random.below(size.servers);
        for (std::size_t m = 0; m < members; ++m)
            pool.members.push_back((first + m) % size.servers);
        pool.policy = test::drawn_policy(random);
        plan.shortest_timeout =
            std::min<Duration>(plan.shortest_timeout, pool.policy.health_timeout_s);
        plan.pools.push_back(std::move(pool));
    }
    for (std::size_t d = 0; d < size.domains; ++d) {
        PlannedDomain domain;
        domain.zone = random.below(plan.zones);
        domain.name = "d" + std::to_string(d) + "." + zone_name(domain.zone);
        domain.pool = random.below(size.pools);
        const std::size_t primary = plan.pools[domain.pool].members.front();
        domain.with_ipv6 = plan.servers[primary].ipv6.has_value() && random.chance(0.8);
        domain.proxied = random.chance(0.5);
        plan.domains.push_back(std::move(domain));
    }
    const bool cheap = size.servers <= kWiredServers && plan.troubled <= kWiredTime;
    plan.wired = cheap && random.chance(kWired);
    // Every word of an observer is one: not for the largest and the longest.
    plan.observed =
        size.servers <= kObservedServers && plan.troubled <= kWiredTime && random.chance(kObserved);
    return plan;
}

}  // namespace understudy::simulation
