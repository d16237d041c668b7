// What people do once trouble is over.
#include "tests/simulation/people.h"

namespace understudy::simulation {
namespace {

// In conflict, ignored, or adopted with an address that is no member's.
bool needs_a_hand(const Ledger& ledger, const Domain& domain, const Pool& pool) {
    if (domain.record.in_conflict() || domain.ignored) return true;
    if (!domain.record.settled()) return false;
    AddressSet known;
    for (const ServerId id : pool.target.servers) {
        const Server& server = ledger.servers.at(id);
        known.ipv4.push_back(server.ipv4);
        if (domain.with_ipv6 && server.ipv6) known.ipv6.push_back(*server.ipv6);
    }
    known.normalise();
    return !pool.target.is_fallback() && domain.record.desired != known;
}

}  // namespace

bool left_by_a_drill(const Pool& pool) {
    return pool.preferred && pool.preferred->by.why == "drill";
}

std::vector<OrderAction> first_orders_of_healing(const Ledger& ledger) {
    std::vector<OrderAction> orders;
    if (ledger.controls.pause) orders.emplace_back(ResumeAll{});
    if (ledger.controls.dry_run) orders.emplace_back(EndDryRunOfAll{});
    for (const auto& [id, server] : ledger.servers)
        if (server.maintenance) orders.emplace_back(EndMaintenance{id});
    for (const auto& [id, pool] : ledger.pools) {
        if (pool.dry_run) orders.emplace_back(EndDryRun{id});
        orders.emplace_back(ReleasePool{id});
        if (pool.drill) orders.emplace_back(EndDrill{id});
        if (pool.policy.drill_every_days == 0) continue;
        // None begins while it is looked whether all is where it should be.
        Policy policy = pool.policy;
        policy.drill_every_days = 0;
        orders.emplace_back(SetPolicy{id, policy});
    }
    for (const auto& [id, channel] : ledger.channels)
        if (channel.disabled) orders.emplace_back(EnableChannel{id});
    return orders;
}

std::vector<OrderAction> later_orders_of_healing(const Ledger& ledger, CloudflareWorld& world) {
    std::vector<OrderAction> orders;
    for (const auto& [id, domain] : ledger.domains) {
        const auto& wanted = ledger.pools.at(domain.pool);
        if (!needs_a_hand(ledger, domain, wanted)) continue;
        if (const auto observed = state_of(world, domain.name))
            orders.emplace_back(EnforceDomain{id, *observed, true});
    }
    for (const auto& [id, pool] : ledger.pools) {
        if (left_by_a_drill(pool)) continue;
        const bool by_hand = pool.policy.failback != Failback::Auto || pool.preferred;
        if (by_hand && (pool.failed_over() || pool.preferred))
            orders.emplace_back(FailbackPool{id, false});
    }
    return orders;
}

}  // namespace understudy::simulation
