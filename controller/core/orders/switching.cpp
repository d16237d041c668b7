// Orders that move a pool, or keep it where it is.
#include <algorithm>

#include "controller/core/drills.h"
#include "controller/core/evidence.h"
#include "controller/core/flapping.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/overrides.h"
#include "controller/core/pools.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::orders {
namespace {

bool is_member(const Pool& pool, ServerId server) {
    return std::ranges::find(pool.members, server) != pool.members.end();
}

std::string name_of(const StepContext& context, ServerId server) {
    return "'" + context.fleet().server(server)->name + "'";
}

Result<Done> check_free(const StepContext& context, const Pool& pool) {
    if (in_dry_run(context.fleet(), pool)) {
        return conflict("pool '" + pool.name + "' is in a dry run: nothing is written",
                        "end the dry run first");
    }
    if (pool.hold && pool.hold->pinned) {
        return conflict(
            "pool '" + pool.name + "' is pinned to server " + name_of(context, pool.hold->pinned),
            "release it first ('understudyctl release " + pool.name + "')");
    }
    return Done{};
}

struct Destination {
    ServerId server;
    std::string why_not_first;  // who was passed over, if the order names nobody
};

// The member an order names, or the one that takes over first.
Result<Destination> destination(const StepContext& context, const Pool& pool, ServerId to,
                                bool force) {
    if (!to) {
        const EngineView view = context.view();
        const Successor other =
            successor_of(members_of(view, pool), pool.target, {}, RequireReady::Prefer);
        if (!other.server) {
            return conflict("pool '" + pool.name + "' has no other healthy member",
                            "bring one up first, or name one with --to and say force");
        }
        const ServerId over = other.passed_over;
        return Destination{
            other.server,
            over ? ": " + evidence::why_passed_over(view, pool, over, other.server) : ""};
    }
    if (context.fleet().server(to) == nullptr) return unknown("server", to.value);
    if (!is_member(pool, to)) {
        return invalid(
            "to", "server " + name_of(context, to) + " is no member of pool '" + pool.name + "'",
            "see 'understudyctl pool show " + pool.name + "'");
    }
    if (!force && !healthy(context, pool, to)) return not_healthy(context, pool, to);
    return Destination{to, {}};
}

// What flapping counted so far is over: a person has looked at it.
void forget_changes(StepContext& context, PoolId id) {
    Pool& pool = context.tx.edit(id);
    pool.failovers.clear();
    pool.changes = {};
    for (const DomainId domain : context.fleet().domains_of(id)) {
        context.tx.edit(domain).record.changes = {};
        context.guards.budget.forget(context.fleet().domain(domain)->provider);
    }
    context.guards.told.erase(id);
}

void move_to(StepContext& context, PoolId id, const Target& target, Cause cause,
             const std::string& who) {
    if (context.fleet().pool(id)->target != target) pools::move(context, id, target, cause, who);
    pools::evaluate(context, id, pools::Occasion::Loop);
}

// An unhealthy member that force put in service would be left by automation at once.
void pin_if_unfit(StepContext& context, const OrderContext& by, PoolId id, ServerId server,
                  const Override& forced) {
    const Pool& pool = *context.fleet().pool(id);
    if (pool.hold || healthy(context, pool, server)) return;
    LogLine line = line_of(by, EventType::PoolPinned,
                           "Pinned to server " + name_of(context, server) +
                               ", which is not healthy: automation would leave it");
    line.pool = id;
    line.server = server;
    line.detail = forced.why;
    context.tx.log(std::move(line));
    context.tx.edit(id).hold = Hold{forced, server};
    overrides::arm(context, id.value);
}

// Everybody who is healthy, whatever the policy would wait for.
Target everybody(const StepContext& context, const Pool& pool) {
    Situation situation = look_at(context.view(), pool);
    situation.rules.policy.failback = Failback::Auto;
    situation.rules.failback_after = Duration{0};
    situation.rules.no_failback_before = {};
    const Choice choice = choose(situation.members, pool.target, situation.rules, context.now);
    return choice.action == Choice::Action::Move ? choice.target : pool.target;
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const SwitchPool& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    if (auto free = check_free(context, *pool); !free) return free.error();
    if (pool->active_active()) {
        return conflict("pool '" + pool->name + "' is active_active: all its members serve",
                        "put a member in maintenance, or pin the pool to one");
    }
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    const auto found = destination(context, *pool, order.to, order.force);
    if (!found) return found.error();
    const ServerId to = found->server;
    // To where a drill has brought it: there it shall stay.
    const bool practised = pool->drill && pool->drill->to == to;
    if (pool->target.has(to) && pool->home() == to && !practised) {
        return conflict(
            "pool '" + pool->name + "' already points at server " + name_of(context, to),
            "nothing to do");
    }
    if (practised) drills::give_way(context, order.pool, "it was switched over by " + by.who);
    Pool& changed = context.tx.edit(order.pool);
    changed.preferred.reset();
    if (to != changed.primary()) changed.preferred = Preference{*forced, to};
    LogLine line = line_of(by, EventType::PoolSwitched,
                           "Switched to server " + name_of(context, to) + found->why_not_first);
    line.pool = order.pool;
    line.server = to;
    line.detail = order.wish.why;
    context.tx.log(std::move(line));
    pin_if_unfit(context, by, order.pool, to, *forced);
    move_to(context, order.pool, Target{to}, Cause::Ordered, by.who);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const FailbackPool& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    if (auto free = check_free(context, *pool); !free) return free.error();
    const ServerId primary = pool->primary();
    if (pool->active_active() && !pool->failed_over()) {
        return conflict("all of pool '" + pool->name + "' serves already", "nothing to do");
    }
    if (!pool->failed_over() && !pool->preferred) {
        return conflict(
            "pool '" + pool->name + "' already points at its primary " + name_of(context, primary),
            "nothing to do");
    }
    const bool alone = !pool->active_active();
    if (alone && !order.force && !healthy(context, *pool, primary)) {
        return not_healthy(context, *pool, primary);
    }
    const Target target = alone ? Target{primary} : everybody(context, *pool);
    if (!alone && target == pool->target) {
        return conflict("no other member of pool '" + pool->name + "' is healthy",
                        "bring one up first");
    }
    const bool recovered = !pool->preferred && (!alone || healthy(context, *pool, primary));
    const Cause back = alone ? Cause::PrimaryRecovered : Cause::MemberRecovered;
    context.tx.edit(order.pool).preferred.reset();
    forget_changes(context, order.pool);
    if (alone) pin_if_unfit(context, by, order.pool, primary, *override_of(context, by, {}));
    move_to(context, order.pool, target, recovered ? back : Cause::Ordered, by.who);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const HoldPool& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    if (pool->hold) {
        return conflict("pool '" + pool->name + "' is held already, by " + pool->hold->by.who,
                        "release it first ('understudyctl release " + pool->name + "')");
    }
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    if (order.pinned) {
        if (auto free = check_free(context, *pool); !free) return free.error();
        const auto to = destination(context, *pool, order.pinned, order.force);
        if (!to) return to.error();
    }
    context.tx.edit(order.pool).hold = Hold{*forced, order.pinned};
    const std::string what =
        order.pinned ? "Pinned to server " + name_of(context, order.pinned) : "Held where it is";
    LogLine line = line_of(by, order.pinned ? EventType::PoolPinned : EventType::PoolHeld, what);
    line.pool = order.pool;
    line.server = order.pinned;
    line.detail = order.wish.why;
    context.tx.log(std::move(line));
    overrides::arm(context, order.pool.value);
    if (order.pinned) {
        move_to(context, order.pool, Target{order.pinned}, Cause::Ordered, by.who);
    }
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const ReleasePool& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    const bool flaps = flapping::held_until(pool->failovers, context.wall()) > context.wall();
    const bool spent =
        context.guards.budget.forbids(context.fleet(), *pool, context.wall()).has_value();
    if (!pool->hold && !flaps && !spent) {
        return conflict("nothing holds pool '" + pool->name + "'", "nothing to do");
    }
    forget_changes(context, order.pool);
    LogLine line = line_of(by, EventType::PoolReleased, "Released");
    line.pool = order.pool;
    context.tx.log(std::move(line));
    if (pool->hold) {
        overrides::end_hold(context, order.pool, by.who);
    } else {
        pools::evaluate(context, order.pool, pools::Occasion::Loop);
    }
    return OrderDone{order.pool.value};
}

}  // namespace understudy::orders
