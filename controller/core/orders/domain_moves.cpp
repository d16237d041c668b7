// Moving domains to another pool.
#include <algorithm>
#include <unordered_set>

#include "controller/core/announcer.h"
#include "controller/core/conflicts.h"
#include "controller/core/drills.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/orders.h"
#include "controller/core/orders/parts.h"
#include "controller/core/orders/subscriptions.h"
#include "controller/core/pools.h"
#include "controller/core/records.h"
#include "controller/core/situation.h"

namespace understudy::orders {
namespace {

Result<const Pool*> pool_of(const Fleet& fleet, const MoveDomains& order) {
    const bool by_name = !order.pool && !order.pool_name.empty();
    const Pool* pool = by_name ? fleet.pool_named(order.pool_name) : fleet.pool(order.pool);
    if (pool != nullptr) return pool;
    if (!by_name) return unknown("pool", order.pool.value);
    return not_found("pool '" + order.pool_name + "' does not exist",
                     "see 'understudyctl pool list'");
}

Result<Done> check_known(const Fleet& fleet, const MoveDomains& order) {
    if (auto pool = pool_of(fleet, order); !pool) return pool.error();
    if (order.domains.empty()) return invalid("domains", "no domain is named", "name at least one");
    std::unordered_set<DomainId> named;
    for (std::size_t i = 0; i < order.domains.size(); ++i) {
        const std::string field = "domains[" + std::to_string(i) + "]";
        const Domain* domain = fleet.domain(order.domains[i]);
        if (domain == nullptr) return not_found(field + ": domain does not exist");
        if (!named.insert(order.domains[i]).second) {
            return invalid(field, "domain '" + domain->name + "' is named twice", "name it once");
        }
    }
    return Done{};
}

std::optional<Error> ipv6_left_behind(const Fleet& fleet, const MoveDomains& order) {
    for (const DomainId id : order.domains) {
        const Domain& domain = *fleet.domain(id);
        if (!domain.with_ipv6) continue;
        if (auto left = conflicts::ipv6_left_behind(fleet, **pool_of(fleet, order), domain.name))
            return left;
    }
    return std::nullopt;
}

bool serves(const EngineView& view, const Pool& pool) {
    const Situation situation = look_at(view, pool);
    return std::ranges::any_of(situation.members, [&](const MemberView& member) {
        return pool.target.has(member.server) && member.fitness.standing == Standing::Healthy;
    });
}

// What the record would hold in that pool: nothing is written where somebody keeps us from it.
AddressSet wanted(const Fleet& fleet, const Pool& pool, const Domain& domain) {
    const bool kept = domain.ignored || domain.record.in_conflict() || in_dry_run(fleet, pool);
    return kept ? domain.record.content() : fleet.addresses_of(pool, pool.target, domain.with_ipv6);
}

void remove_if_left(StepContext& context, const OrderContext& by, PoolId id) {
    const Pool* pool = context.fleet().pool(id);
    if (pool == nullptr || !pool->implicit || !context.fleet().domains_of(id).empty()) return;
    if (kept_for_channel(context, by, id)) return;
    drills::give_way(context, id, "the last domain of its pool was moved by " + by.who);
    const auto removed = carry_out(context, by, RemovePool{id});
    if (removed) return;
    // What a person forced on it stands: from now on it goes as any other pool does.
    context.tx.edit(id).implicit = false;
    LogLine line = line_of(by, EventType::PoolKept, "Its last domain left; kept because ");
    line.reason += removed.error().message;
    line.pool = id;
    context.tx.log(std::move(line));
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const MoveDomains& order) {
    if (auto checked = check_known(context.fleet(), order); !checked) return checked.error();
    if (auto left = ipv6_left_behind(context.fleet(), order)) return *std::move(left);
    const Pool& pool = **pool_of(context.fleet(), order);
    const PoolId pool_id = pool.id;
    if (!order.force && !serves(context.view(), pool)) {
        return conflict("pool '" + pool.name +
                            "' points at no healthy server: these domains would "
                            "be left without one",
                        "bring it up first, or say force");
    }
    std::vector<DomainId> changing;
    for (const DomainId id : order.domains) {
        const Domain& domain = *context.fleet().domain(id);
        if (wanted(context.fleet(), pool, domain) != domain.record.content())
            changing.push_back(id);
    }
    if (auto checked = check_brake(context, changing, order.force); !checked) {
        return checked.error();
    }
    for (const DomainId id : order.domains) {
        Domain domain = *context.fleet().domain(id);
        const PoolId before = domain.pool;
        if (before == pool_id) continue;
        context.announcer.forget(context, id);
        domain = *context.fleet().domain(id);
        domain.pool = pool_id;
        domain.record.adopted_epoch = -1;
        domain.told_epoch = kToldOther;
        context.tx.put(std::move(domain));
        LogLine line = line_of(by, EventType::DomainMoved, "Moved to pool '" + pool.name + "'");
        line.domain = id;
        line.pool = pool_id;
        line.from = context.fleet().pool(before)->name;
        line.to = pool.name;
        context.tx.log(std::move(line));
        const Publication& record = context.fleet().domain(id)->record;
        if (!record.settled() && !record.in_conflict()) {
            context.announcer.waits(context, id, pool.incident);
        }
        records::aim(context, id);
        remove_if_left(context, by, before);
    }
    pools::evaluate(context, pool_id, pools::Occasion::Event);
    return OrderDone{pool_id.value};
}

}  // namespace understudy::orders
