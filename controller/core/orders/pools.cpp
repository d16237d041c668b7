// Orders about pools: their members and their policy.
#include "controller/core/pools.h"
#include "controller/core/records.h"

#include <algorithm>

#include "controller/core/drills.h"
#include "controller/core/evidence.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/orders/subscriptions.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::orders {
namespace {

LogLine pool_line(const OrderContext& by, PoolId pool, EventType type, std::string reason) {
    LogLine line = line_of(by, type, std::move(reason));
    line.pool = pool;
    return line;
}

// Where a pool of these members and this policy should point. Empty: nobody is healthy.
Target target_for(const StepContext& context, const Pool& pool, const Pool& before) {
    const bool was_away = !before.drill && (before.failed_over() || before.preferred);
    return choose_now(members_of(context.view(), pool), before.target, pool.policy, was_away);
}

// As little change as the new list allows. `otherwise`: where to when it names none of those that
// serve; empty: nobody is healthy.
Target last_good(const Pool& pool, const Pool& before, const Target& otherwise) {
    if (before.target.is_fallback()) return {};
    std::vector<ServerId> kept;
    for (const ServerId member : pool.members) {
        const bool serves = before.target.has(member);
        if (serves && (pool.active_active() || kept.empty())) kept.push_back(member);
    }
    if (!kept.empty()) return Target{std::move(kept)};
    return otherwise.is_fallback() ? Target{pool.primary()} : otherwise;
}

Result<Done> check_leaving(const Fleet& fleet, const Pool& pool,
                           const std::vector<ServerId>& members) {
    const auto stays = [&](ServerId id) {
        return !id || std::ranges::find(members, id) != members.end();
    };
    const auto gone = [&](ServerId id, const char* how) {
        return conflict("pool '" + pool.name + "' is " + how + " server '" +
                            fleet.server(id)->name + "', which the list lacks",
                        "release the pool or fail it back first");
    };
    if (pool.hold && !stays(pool.hold->pinned)) return gone(pool.hold->pinned, "pinned to");
    if (pool.preferred && !stays(pool.preferred->server)) {
        return gone(pool.preferred->server, "switched to");
    }
    return Done{};
}

// What is in a dry run points where its records do.
Result<Done> check_written(const Fleet& fleet, const Pool& pool, const Target& target) {
    if (target == pool.target || !in_dry_run(fleet, pool)) return Done{};
    return conflict("pool '" + pool.name + "' is in a dry run, and this would move its records",
                    "end the dry run first ('understudyctl dry-run --end')");
}

// What such an order is about is more than a drill, which ends: the pool as it is without.
Pool without_drill(Pool pool) {
    const bool away = pool.drill && pool.drill->phase == DrillPhase::Away;
    if (away) pool.preferred.reset();
    pool.drill.reset();
    return pool;
}

// After drills::give_way(): when it ended.
void take_ended_drill(const StepContext& context, Pool& pool) {
    const Pool& known = *context.fleet().pool(pool.id);
    pool.last_drill = known.last_drill;
    pool.drill_next = known.drill_next;
}

// Puts the changed pool in the place of the old one and moves its records if need be.
void replace(StepContext& context, Pool pool, const Target& target, Cause cause,
             const std::string& who) {
    const PoolId id = pool.id;
    const Pool& known = *context.fleet().pool(id);
    const Target before = pool.target;
    const bool was_away = known.failed_over();
    const std::string from = to_string(context.fleet().addresses_of(known, before, true));
    // Valid while the move is carried out; the old target may name servers that have left.
    pool.target = target;
    pool.would = target;
    if (pool.failed_over() && !pool.incident) pool.incident = context.tx.next_id<IncidentId>();
    if (before != target) ++pool.epoch;
    if (before != target || pool.failed_over() != was_away) {
        pool.reason = reason_of(cause);
    }
    judge_members(context, pool);
    context.tx.put(std::move(pool));
    if (before != target) {
        LogLine line;
        line.type = context.fleet().pool(id)->failed_over() ? EventType::FailoverDecided
                                                            : EventType::FailbackDecided;
        line.pool = id;
        line.from = from;
        line.to = to_string(context.fleet().addresses_of(*context.fleet().pool(id), target, true));
        line.reason = reason_of(cause);
        line.detail = evidence::sentence(context.view(), *context.fleet().pool(id));
        Situation seen = look_at(context.view(), *context.fleet().pool(id));
        seen.choice.cause = cause;
        line.evidence = evidence::to_json(context.view(), *context.fleet().pool(id), seen,
                                          evidence::rule_of(seen.choice));
        line.who = who;
        context.tx.log(std::move(line));
    }
    records::aim_all(context, id);
    drills::arm(context, id);
    pools::evaluate(context, id, pools::Occasion::Loop);
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddPool& order) {
    if (context.fleet().pool_named(order.name) != nullptr) return taken("pool", order.name);
    auto members = servers_named(context.fleet(), order.members);
    if (!members) return members.error();
    Pool pool;
    pool.id = context.tx.next_id<PoolId>();
    pool.name = order.name;
    pool.members = std::move(members).value();
    pool.policy = order.policy.value_or(context.default_policy);
    if (auto checked = check_policy(pool.policy); !checked) return checked.error();
    pool.target = target_for(context, pool, pool);
    if (pool.target.is_fallback()) pool.target = Target{pool.primary()};
    pool.would = pool.target;
    if (pool.failed_over()) {
        pool.incident = context.tx.next_id<IncidentId>();
        pool.reason = reason_of(pool.active_active() ? Cause::MemberDown : Cause::PrimaryDown);
    }
    judge_members(context, pool);
    const PoolId id = pool.id;
    LogLine line = pool_line(by, id, EventType::PoolAdded, "Pool added");
    line.detail = context.fleet().names_of(pool.members);
    context.tx.put(std::move(pool));
    context.tx.log(std::move(line));
    pools::evaluate(context, id, pools::Occasion::Event);
    return OrderDone{id.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const RemovePool& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    const auto domains = context.fleet().domains_of(order.pool).size();
    if (domains > 0) {
        return conflict("pool '" + pool->name + "' serves " + std::to_string(domains) + " domains",
                        "move them to another pool first ('understudyctl domain move')");
    }
    if (pool->hold || pool->dry_run || pool->preferred) {
        return conflict("pool '" + pool->name + "' is held, switched over or in a dry run",
                        "release it, fail it back or end the dry run first");
    }
    if (auto checked = check_unsubscribed(context.fleet(), *pool); !checked) {
        return checked.error();
    }
    context.tx.log(pool_line(by, order.pool, EventType::PoolRemoved, "Pool removed"));
    drills::pool_goes(context, order.pool);
    context.deadlines.clear({DeadlineKey::Kind::Pool, order.pool.value});
    context.deadlines.clear({DeadlineKey::Kind::Override, order.pool.value});
    restraints::over(context, order.pool, false);
    context.tx.erase(order.pool);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const SetMembers& order) {
    const Pool* known = context.fleet().pool(order.pool);
    if (known == nullptr) return unknown("pool", order.pool.value);
    auto members = servers_named(context.fleet(), order.members);
    if (!members) return members.error();
    Pool pool = without_drill(*known);
    if (auto checked = check_leaving(context.fleet(), pool, *members); !checked) {
        return checked.error();
    }
    pool.members = *members;
    Target target = target_for(context, pool, *known);
    const bool served = !context.fleet().domains_of(order.pool).empty();
    if (target.is_fallback() && served && !order.force) {
        return conflict(
            "none of these servers is healthy: pool '" + pool.name + "' would be left without one",
            "bring one up first, or say force");
    }
    const bool stay = target.is_fallback() || known->hold || in_dry_run(context.fleet(), *known);
    if (stay) target = last_good(pool, *known, target);
    if (auto checked = check_written(context.fleet(), *known, target); !checked) {
        return checked.error();
    }
    const auto changing = changing_domains(context.fleet(), pool, target);
    if (auto checked = check_brake(context, changing, order.force); !checked) {
        return checked.error();
    }
    drills::give_way(context, order.pool, "its pool got other members from " + by.who);
    take_ended_drill(context, pool);
    LogLine line = pool_line(by, order.pool, EventType::PoolMembersSet, "Members set");
    line.detail =
        context.fleet().names_of(known->members) + " -> " + context.fleet().names_of(pool.members);
    context.tx.log(std::move(line));
    replace(context, std::move(pool), target, Cause::MembersChanged, by.who);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const SetPolicy& order) {
    const Pool* known = context.fleet().pool(order.pool);
    if (known == nullptr) return unknown("pool", order.pool.value);
    if (auto checked = check_policy(order.policy); !checked) return checked.error();
    if (known->target.is_fallback() && !order.policy.has_fallback()) {
        return conflict("pool '" + known->name + "' is on its fallback address now",
                        "wait until a member is back, or give another fallback");
    }
    const bool other_mode = order.policy.mode != known->policy.mode;
    Pool pool = other_mode ? without_drill(*known) : *known;
    pool.policy = order.policy;
    Target target = known->target;
    if (other_mode && (pool.hold || pool.preferred)) {
        return conflict("pool '" + pool.name + "' is held or switched over",
                        "release it or fail it back before its mode changes");
    }
    const bool stays = pool.hold || in_dry_run(context.fleet(), pool);
    const bool other_answers = pool.policy.max_answers != known->policy.max_answers ||
                               pool.policy.answers != known->policy.answers;
    if (other_mode || (other_answers && !stays && !known->target.is_fallback())) {
        target = target_for(context, pool, *known);
        if (target.is_fallback()) target = last_good(pool, *known, target);
    }
    if (auto checked = check_written(context.fleet(), *known, target); !checked) {
        return checked.error();
    }
    if (other_mode) {
        drills::give_way(context, order.pool, "its pool got another mode from " + by.who);
        take_ended_drill(context, pool);
    }
    context.tx.log(pool_line(by, order.pool, EventType::PoolPolicySet, "Policy set"));
    const std::string before = service_of(known->policy);
    const std::string after = service_of(pool.policy);
    // What is known of readiness stands until the sweep by the new words, which is near.
    for (const ServerId member : pool.members)
        if (before != after) context.testimony.carry_over(member, before, after, context.now);
    replace(context, std::move(pool), target, Cause::PolicyChanged, by.who);
    return OrderDone{order.pool.value};
}

}  // namespace understudy::orders
