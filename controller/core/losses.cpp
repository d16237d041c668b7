#include "controller/core/losses.h"

#include "controller/core/alarms.h"
#include "controller/core/pools.h"
#include "controller/core/restraints.h"

namespace understudy::losses {
namespace {

bool vanished(const StepContext& context, const Server& server) {
    if (!server.expected()) return false;
    const Liveness& liveness = context.liveness.of(server.id);
    switch (health_of(liveness, context.now, context.default_policy.health_timeout_s)) {
        case Health::Offline:
            return liveness.departure == Departure::Closed ||
                   liveness.departure == Departure::Silent;
        case Health::Stale:
            return true;
        case Health::Unknown:
            return context.now >= context.guards.own.warm_up_ends(context.now);
        case Health::Online:
        case Health::Error:
            break;
    }
    return false;
}

void look_again(StepContext& context) {
    alarms::review_all(context);
    pools::evaluate_all(context, pools::Occasion::Event);
}

// doubted: until now; else it had been accepted and acted on.
void ended(StepContext& context, bool doubted) {
    const bool accepted = context.guards.mass_loss.accepted();
    // The acceptance outlives its order, over a restart too, until the loss itself is over.
    if (!accepted && context.fleet().controls().losses_accepted) {
        context.tx.edit_controls().losses_accepted.reset();
    }
    LogLine line;
    line.type = EventType::MassLossEnded;
    line.reason = accepted ? "The loss was accepted" : "Most of the lost servers are back";
    context.tx.log(std::move(line));
    // Those on their way back are waited for.
    const bool some_missing = context.guards.mass_loss.missing() > 0;
    if (doubted && !accepted && some_missing) context.guards.own.wait_for_the_rest(context.now);
    look_again(context);
}

void began(StepContext& context) {
    context.guards.told.erase(PoolId{});
    if (const auto restraint = restraints::on_all(context.view())) {
        restraints::tell(context, {}, *restraint, "no record is changed meanwhile");
    }
}

void take_back(StepContext& context, ServerId id) {
    MassLoss& guard = context.guards.mass_loss;
    const bool doubted = guard.doubted();
    const Instant settles = guard.settles_at();
    if (guard.back(id, context.fleet().expected_servers()) == MassLoss::Turn::Ended)
        return ended(context, doubted);
    // The losses that are left need not be waited for any more.
    if (settles > context.now && guard.settles_at() < settles) look_again(context);
    if (guard.missing() > 0 || !context.guards.own.waits_for_the_rest(context.now)) return;
    context.guards.own.wait_no_more();  // nobody is waited for any more
    look_again(context);
}

}  // namespace

void review(StepContext& context, ServerId id) {
    MassLoss& guard = context.guards.mass_loss;
    if (vanished(context, *context.fleet().server(id))) {
        if (guard.is_missing(id)) return;
        const auto turn = guard.vanished(id, context.now, context.fleet().expected_servers());
        if (turn == MassLoss::Turn::Began) began(context);
    } else if (guard.is_missing(id)) {
        take_back(context, id);
    }
}

void review_all(StepContext& context) {
    for (const Server* server : context.fleet().servers())
        review(context, server->id);
}

void warm_up_ended(StepContext& context) {
    context.guards.own.end_warm_up();
    LogLine line;
    line.type = EventType::WarmUpEnded;
    line.reason = "Warm-up is over: what has not been seen counts as down";
    context.tx.log(std::move(line));
    review_all(context);
    const bool accepted = context.fleet().controls().losses_accepted.has_value();
    if (accepted && context.guards.mass_loss.missing() == 0)
        context.tx.edit_controls().losses_accepted.reset();
    alarms::review_all(context);
    pools::evaluate_all(context, pools::Occasion::Loop);
}

void stalled(StepContext& context, Duration late) {
    context.guards.own.stalled(context.now);
    LogLine line;
    line.type = EventType::ControllerStalled;
    line.reason = "The controller itself was stalled for " + to_text(late);
    line.detail = "no record is changed for " + to_text(context.timings.stall_grace);
    context.tx.log(std::move(line));
    pools::evaluate_all(context, pools::Occasion::Event);
}

void accept(StepContext& context) {
    context.guards.own.wait_no_more();
    if (!context.fleet().controls().losses_accepted) return look_again(context);
    const auto turn = context.guards.mass_loss.accept();
    if (turn == MassLoss::Turn::Ended) ended(context, true);
}

void forget(StepContext& context, ServerId id) {
    take_back(context, id);
}

}  // namespace understudy::losses
