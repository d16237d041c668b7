// Orders about domains: what is bound, and what is done about foreign content.

#include <algorithm>

#include "base/domain_name.h"
#include "controller/core/announcer.h"
#include "controller/core/conflicts.h"
#include "controller/core/drills.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/orders/subscriptions.h"
#include "controller/core/pools.h"
#include "controller/core/records.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::orders {
namespace {

// Of a record that is made: nobody has said another, and any service has it.
constexpr Ttl kTtlOfNew{300};

Error unknown_domain(DomainId id) {
    return not_found("domain " + to_string(id) + " does not exist");
}

LogLine order_line(const OrderContext& by, const Domain& domain, EventType type,
                   std::string reason) {
    LogLine line;
    line.type = type;
    line.domain = domain.id;
    line.pool = domain.pool;
    line.reason = std::move(reason);
    line.who = by.who;
    return line;
}

const Pool* pool_of_members(const Fleet& fleet, const PoolChoice& choice) {
    for (const PoolId id : fleet.pools_of(choice.members.front())) {
        const Pool* pool = fleet.pool(id);
        const bool same_policy = !choice.policy || *choice.policy == pool->policy;
        if (pool->members == choice.members && same_policy) return pool;
    }
    return nullptr;
}

std::string free_pool_name(const Fleet& fleet, const std::vector<ServerId>& members) {
    std::string base;
    for (const ServerId id : members)
        base += (base.empty() ? "" : "+") + fleet.server(id)->name;
    if (base.size() > 55) base.resize(55);
    std::string name = base;
    for (int i = 2; fleet.pool_named(name) != nullptr; ++i)
        name = base + "-" + std::to_string(i);
    return name;
}

// The pool the order asks for; a new one is returned without an id and is not in the fleet yet.
Result<Pool> choose_pool(const StepContext& context, const PoolChoice& choice) {
    const Fleet& fleet = context.fleet();
    if (!choice.name.empty()) {
        if (const Pool* pool = fleet.pool_named(choice.name)) return *pool;
        return not_found("pool '" + choice.name + "' does not exist",
                         "see 'understudyctl pool list'");
    }
    if (auto checked = check_members(fleet, choice.members, "servers"); !checked)
        return checked.error();
    if (const Pool* pool = pool_of_members(fleet, choice)) return *pool;
    Pool pool;
    pool.members = choice.members;
    pool.policy = choice.policy.value_or(context.default_policy);
    if (auto checked = check_policy(pool.policy); !checked) return checked.error();
    pool.name = free_pool_name(fleet, choice.members);
    pool.implicit = true;
    pool.target = Target{pool.primary()};
    pool.would = pool.target;
    return pool;
}

// A new active-active pool begins with what its first record publishes already.
Target first_target(const Fleet& fleet, const Pool& pool, const AddressSet& observed) {
    std::vector<ServerId> published;
    for (const ServerId member : pool.members) {
        const auto& held = observed.ipv4;
        const bool there = std::ranges::find(held, fleet.server(member)->ipv4) != held.end();
        if (there) published.push_back(member);
    }
    if (!pool.active_active() || published.empty()) return Target{pool.primary()};
    return Target{std::move(published)};
}

// What the record has of what we would write: its AAAA only where that is ours as well.
AddressSet bound_part(const AddDomain& order) {
    AddressSet present = order.observed.addresses;
    if (!order.with_ipv6) present.ipv6.clear();
    return present;
}

// Rule 11: what may be taken over without a person saying "enforce". The content the pool wants;
// or, while the pool is failed over, what a record has that was not moved yet.
Result<Done> check_content(const Fleet& fleet, const AddDomain& order, const Pool& pool) {
    const AddressSet wanted = fleet.addresses_of(pool, pool.target, order.with_ipv6);
    const std::string name = order.name;
    const bool missing = !order.exists || bound_part(order).empty();
    if (missing && order.enforce && in_dry_run(fleet, pool)) {
        return conflict("record '" + name + "' does not exist, and pool '" + pool.name +
                            "' is in a dry run: nothing is written",
                        "create it at the provider, or end the dry run first");
    }
    if (order.enforce) return Done{};
    if (missing) {
        return conflict("record '" + name + "' does not exist",
                        "create it at the provider as " + to_string(wanted) +
                            ", proxied or not as you want it, or say enforce to have it made");
    }
    if (order.observed.addresses == wanted) return Done{};
    const bool not_moved_yet =
        order.observed.addresses == fleet.addresses_of(pool, pool.full(), order.with_ipv6);
    if (pool.failed_over() && not_moved_yet) return Done{};
    return conflict("record '" + name + "' holds " + to_string(order.observed.addresses) +
                        ", pool '" + pool.name + "' would have " + to_string(wanted),
                    "point the record there first, name the servers in another order, or say "
                    "enforce to have it changed");
}

Result<Done> check_domain(const Fleet& fleet, const AddDomain& order, const Pool& pool) {
    if (fleet.domain_named(order.name) != nullptr) {
        return conflict("domain '" + order.name + "' exists already", "remove it first");
    }
    if (fleet.provider(order.provider) == nullptr) return not_found("the provider does not exist");
    if (!name_in_zone(order.name, order.zone_name)) {
        return invalid("name", "'" + order.name + "' is not in zone '" + order.zone_name + "'",
                       "check the name");
    }
    if (order.with_ipv6) {
        if (auto left = conflicts::ipv6_left_behind(fleet, pool, order.name)) {
            return *std::move(left);
        }
    }
    return check_content(fleet, order, pool);
}

Domain domain_of(const AddDomain& order, PoolId pool) {
    Domain domain;
    domain.name = order.name;
    domain.provider = order.provider;
    domain.zone_id = order.zone_id;
    domain.zone_name = order.zone_name;
    domain.pool = pool;
    domain.with_ipv6 = order.with_ipv6;
    domain.normal_ttl = order.exists ? order.observed.ttl : kTtlOfNew;
    domain.proxied = order.observed.proxied;
    domain.record.desired = order.observed.addresses;
    domain.record.desired_ttl = domain.normal_ttl;
    domain.record.confirmed = order.observed.addresses;
    domain.serving.shown_ttl = domain.normal_ttl;
    return domain;
}

void remove_pool_if_empty(StepContext& context, const OrderContext& by, PoolId id) {
    if (!context.fleet().pool(id)->implicit || !context.fleet().domains_of(id).empty()) return;
    if (kept_for_channel(context, by, id)) return;
    LogLine line;
    line.type = EventType::PoolRemoved;
    line.pool = id;
    line.reason = "Its last domain was removed";
    line.who = by.who;
    context.tx.log(std::move(line));
    drills::pool_goes(context, id);
    context.deadlines.clear({DeadlineKey::Kind::Pool, id.value});
    context.deadlines.clear({DeadlineKey::Kind::Override, id.value});
    restraints::over(context, id, false);
    context.tx.erase(id);
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddDomain& order) {
    auto chosen = choose_pool(context, order.pool);
    if (!chosen) return chosen.error();
    Pool pool = std::move(chosen).value();
    if (!pool.id) {
        pool.target = first_target(context.fleet(), pool, order.observed.addresses);
        pool.would = pool.target;
    }
    if (auto checked = check_domain(context.fleet(), order, pool); !checked) return checked.error();

    if (!pool.id) {
        pool.id = context.tx.next_id<PoolId>();
        LogLine line;
        line.type = EventType::PoolAdded;
        line.pool = pool.id;
        line.reason = "Pool made for its first domain";
        line.who = by.who;
        if (pool.failed_over()) pool.incident = context.tx.next_id<IncidentId>();
        judge_members(context, pool);
        context.tx.put(pool);
        context.tx.log(std::move(line));
    }
    Domain domain = domain_of(order, pool.id);
    domain.id = context.tx.next_id<DomainId>();
    const DomainId id = domain.id;
    // In a dry run nothing is written before its end, and only ours may ever be wanted.
    if (in_dry_run(context.fleet(), pool)) domain.record.desired = bound_part(order);
    LogLine line = order_line(by, domain, EventType::DomainAdded, "Domain added");
    line.to = to_string(order.observed.addresses);
    context.tx.put(std::move(domain));
    context.tx.log(std::move(line));
    records::aim(context, id);
    pools::evaluate(context, pool.id, pools::Occasion::Event);
    return OrderDone{id.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveDomain& order) {
    const Domain* domain = context.fleet().domain(order.domain);
    if (domain == nullptr) return unknown_domain(order.domain);
    const PoolId pool = domain->pool;
    LogLine line = order_line(by, *domain, EventType::DomainRemoved,
                              "Domain removed; its record stays as it is");
    line.from = to_string(domain->record.confirmed);
    context.tx.log(std::move(line));
    context.announcer.forget(context, order.domain);
    context.tx.erase(order.domain);
    remove_pool_if_empty(context, by, pool);
    return OrderDone{order.domain.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const AdoptDomain& order) {
    const Domain* domain = context.fleet().domain(order.domain);
    if (domain == nullptr) return unknown_domain(order.domain);
    if (auto refused =
            conflicts::why_not_adopt(context.fleet(), *domain, order.observed.addresses)) {
        return *std::move(refused);
    }
    LogLine line = order_line(by, *domain, EventType::DomainAdopted,
                              "Present content adopted until the next switch");
    line.from = to_string(domain->record.confirmed);
    line.to = to_string(order.observed.addresses);
    if (!domain->with_ipv6 && !order.observed.addresses.ipv6.empty()) {
        line.detail = "its AAAA record is bound with it and moves too from now on";
    }
    records::adopt(context, order.domain, order.observed);
    context.tx.log(std::move(line));
    return OrderDone{order.domain.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const EnforceDomain& order) {
    const Domain* domain = context.fleet().domain(order.domain);
    if (domain == nullptr) return unknown_domain(order.domain);
    if (in_dry_run(context.fleet(), *context.fleet().pool(domain->pool))) {
        return conflict("pool '" + context.fleet().pool(domain->pool)->name +
                            "' is in a dry run: nothing is written",
                        "end the dry run first");
    }
    LogLine line = order_line(by, *domain, EventType::DomainEnforced,
                              "Our content enforced over what was there");
    line.from = to_string(order.observed.addresses);
    if (order.observed.addresses.empty()) {
        line.detail = std::string{"it is made anew, "} +
                      (domain->proxied ? "proxied" : "not proxied") + " as it was last seen";
    }
    records::enforce(context, order.domain, order.observed);
    line.to = to_string(context.fleet().domain(order.domain)->record.desired);
    context.tx.log(std::move(line));
    return OrderDone{order.domain.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const IgnoreDomain& order) {
    const Domain* domain = context.fleet().domain(order.domain);
    if (domain == nullptr) return unknown_domain(order.domain);
    if (order.wish.until) {
        return invalid("until", "an ignored domain stays so", "adopt or enforce it to end it");
    }
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    LogLine line = order_line(by, *domain, EventType::DomainIgnored,
                              "Left alone until somebody adopts or enforces it");
    line.detail = order.wish.why;
    records::ignore(context, order.domain, *forced);
    context.tx.log(std::move(line));
    return OrderDone{order.domain.value};
}

}  // namespace understudy::orders
