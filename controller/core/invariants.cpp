#include "controller/core/invariants.h"

#include <algorithm>

#include "base/ensure.h"

namespace understudy::invariants {

void check(const Fleet& fleet, const Pool& pool) {
    ensure(!pool.members.empty());
    for (const ServerId member : pool.members)
        ensure(fleet.server(member) != nullptr);
    for (const ServerId server : pool.target.servers)
        ensure(std::ranges::find(pool.members, server) != pool.members.end());
    ensure(!pool.target.is_fallback() || pool.policy.has_fallback());
    ensure(pool.active_active() || pool.target.servers.size() <= 1);
    ensure(!pool.preferred || std::ranges::find(pool.members, pool.home()) != pool.members.end());
    ensure(!pool.target.is_fallback() || pool.outage || !pool.reason.empty());
    ensure(!pool.failed_over() || pool.incident);
}

void check(const Fleet& fleet, const Domain& domain) {
    const Publication& record = domain.record;
    ensure(fleet.pool(domain.pool) != nullptr);
    ensure(fleet.provider(domain.provider) != nullptr);
    ensure(!record.desired.empty());
    ensure(record.confirmed_generation <= record.generation);
    ensure(!record.settled() || record.attempted.empty());
    ensure(domain.with_ipv6 || record.desired.ipv6.empty());
}

void check(Transaction& tx) {
    for (const PoolId id : tx.touched_pools())
        check(tx.fleet(), *tx.fleet().pool(id));
    for (const DomainId id : tx.touched_domains())
        check(tx.fleet(), *tx.fleet().domain(id));
}

void check_all(const Fleet& fleet) {
    for (const Pool* pool : fleet.pools())
        check(fleet, *pool);
    for (const Domain* domain : fleet.domains())
        check(fleet, *domain);
}

}  // namespace understudy::invariants
