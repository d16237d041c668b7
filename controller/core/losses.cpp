#include "controller/core/losses.h"

#include "controller/core/alarms.h"
#include "controller/core/pools.h"
#include "controller/core/restraints.h"

namespace understudy::losses {
namespace {

bool vanished(const StepContext& context, const Server& server) {
    if (!server.ever_seen || server.maintenance) return false;
    const Liveness& liveness = context.liveness.of(server.id);
    switch (health_of(liveness, context.now, context.default_policy.health_timeout_s)) {
        case Health::Offline:
            return liveness.departure == Departure::Closed ||
                   liveness.departure == Departure::Silent;
        case Health::Stale:
            return true;
        case Health::Unknown:
            return context.now >= context.guards.own.warm_up_ends();
        case Health::Online:
        case Health::Error:
            break;
    }
    return false;
}

int count_known(const Fleet& fleet) {
    return fleet.count_servers(
        [](const Server& server) { return server.ever_seen && !server.maintenance; });
}

// Counting every server is only worth it when enough are missing to matter.
int known(const StepContext& context) {
    const bool few =
        context.guards.mass_loss.missing() + 1 < context.timings.guards.mass_loss_servers;
    return few ? 0 : count_known(context.fleet());
}

void ended(StepContext& context) {
    if (context.fleet().controls().losses_accepted) {
        context.tx.edit_controls().losses_accepted.reset();
    }
    LogLine line;
    line.type = "mass_loss_ended";
    line.reason = "Most servers are back, or their loss was accepted";
    context.tx.log(std::move(line));
    context.guards.told.erase(PoolId{});
    alarms::review_all(context);
    pools::evaluate_all(context, pools::Occasion::Event);
}

void began(StepContext& context) {
    if (const auto restraint = restraints::on_all(context.view())) {
        restraints::tell(context, {}, *restraint, "no record is changed meanwhile");
    }
}

void take(StepContext& context, MassLoss::Turn turn) {
    if (turn == MassLoss::Turn::Began) began(context);
    if (turn == MassLoss::Turn::Ended) ended(context);
}

}  // namespace

void review(StepContext& context, ServerId id) {
    MassLoss& guard = context.guards.mass_loss;
    if (vanished(context, *context.fleet().server(id))) {
        if (!guard.is_missing(id)) take(context, guard.vanished(id, context.now, known(context)));
    } else if (guard.is_missing(id)) {
        take(context, guard.back(id, known(context)));
    }
}

void review_all(StepContext& context) {
    for (const Server* server : context.fleet().servers())
        review(context, server->id);
}

void accept(StepContext& context) {
    take(context, context.guards.mass_loss.accept());
}

void forget(StepContext& context, ServerId id) {
    take(context, context.guards.mass_loss.back(id, known(context)));
}

}  // namespace understudy::losses
