// Orders on everything at once, and dry runs.
#include <algorithm>

#include "controller/core/losses.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/overrides.h"
#include "controller/core/pools.h"
#include "controller/core/readiness.h"
#include "controller/core/restraints.h"

namespace understudy::orders {
namespace {

Error nothing_to_end(const char* what) {
    return conflict(std::string{what}, "nothing to do");
}

// A change on its way would be written in the middle of a dry run.
Result<Done> check_settled(const Fleet& fleet, const std::vector<DomainId>& domains) {
    for (const DomainId id : domains) {
        const Domain& domain = *fleet.domain(id);
        if (domain.record.settled() || domain.record.in_conflict()) continue;
        return conflict("record '" + domain.name + "' is being changed",
                        "wait until its change is confirmed, or pause instead");
    }
    return Done{};
}

void log_order(StepContext& context, const OrderContext& by, EventType type, const char* reason,
               PoolId pool, const std::string& why) {
    LogLine line = line_of(by, type, reason);
    line.pool = pool;
    line.detail = why;
    context.tx.log(std::move(line));
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const StartDryRun& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    if (pool->dry_run) return nothing_to_end("the pool is in a dry run already");
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    const auto settled = check_settled(context.fleet(), context.fleet().domains_of(order.pool));
    if (!settled) return settled.error();
    Pool& changed = context.tx.edit(order.pool);
    changed.dry_run = *forced;
    changed.would = changed.target;
    log_order(context, by, EventType::DryRunStarted, "Dry run: decided and told, not written",
              order.pool, order.wish.why);
    overrides::arm(context, order.pool.value);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const EndDryRun& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    if (!pool->dry_run) return nothing_to_end("the pool is not in a dry run of its own");
    overrides::end_dry_run(context, order.pool, by.who);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const PauseAll& order) {
    if (context.fleet().controls().pause) return nothing_to_end("everything is paused already");
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    context.tx.edit_controls().pause = *forced;
    log_order(context, by, EventType::Paused,
              "Automation paused: people's orders are carried out, nothing else", {},
              order.wish.why);
    overrides::arm(context, 0);
    return OrderDone{};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const ResumeAll&) {
    if (!context.fleet().controls().pause) return nothing_to_end("nothing is paused");
    overrides::end_pause(context, by.who);
    return OrderDone{};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const StartDryRunOfAll& order) {
    if (context.fleet().controls().dry_run) {
        return nothing_to_end("everything is in a dry run already");
    }
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    for (const Pool* pool : context.fleet().pools()) {
        const auto settled = check_settled(context.fleet(), context.fleet().domains_of(pool->id));
        if (!settled) return settled.error();
    }
    for (const Pool* pool : context.fleet().pools())
        if (!pool->dry_run) context.tx.edit(pool->id).would = pool->target;
    context.tx.edit_controls().dry_run = *forced;
    log_order(context, by, EventType::DryRunStarted,
              "Dry run of everything: decided and told, not written", {}, order.wish.why);
    overrides::arm(context, 0);
    return OrderDone{};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const EndDryRunOfAll&) {
    if (!context.fleet().controls().dry_run) return nothing_to_end("no dry run of everything");
    overrides::end_dry_run_of_all(context, by.who);
    return OrderDone{};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const AcceptLosses& order) {
    const auto told = context.guards.told.find(PoolId{});
    const bool witness = told != context.guards.told.end() && told->second == "witness";
    const bool lost = context.guards.mass_loss.doubted() || witness;
    const bool waits = context.guards.own.waits_for_the_rest(context.now);
    if (!lost && !waits && !context.testimony.doubts_any()) {
        return nothing_to_end("no loss is in doubt");
    }
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    log_order(context, by, EventType::LossesAccepted, "The loss is real: it is acted on", {},
              order.wish.why);
    // Once most are back there is no loss any more to accept, only a wait to end.
    if (lost) context.tx.edit_controls().losses_accepted = *forced;
    context.testimony.trust_all(context.now);
    readiness::doubt_may_have_ended(context);
    losses::accept(context);
    pools::evaluate_all(context, pools::Occasion::Loop);
    return OrderDone{};
}

}  // namespace understudy::orders
