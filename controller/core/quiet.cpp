#include "controller/core/quiet.h"

#include "controller/core/escalation.h"

namespace understudy::quiet {
namespace {

// end_of_quiet() looks no further than eight days: hours that the clocks leave out for once end
// only in the week after.
constexpr std::chrono::days kLookAgain{7};
// By how much the wall clock may have been slewed since a deadline was set.
constexpr std::chrono::minutes kMostDrift{10};

DeadlineKey deadline_of(ChannelId channel) {
    return {DeadlineKey::Kind::Quiet, channel.value};
}

// The hours may be over and not looked at yet.
bool about_to_end(const StepContext& context, ChannelId id) {
    return context.deadlines.at(deadline_of(id)) <= context.now + kMostDrift;
}

}  // namespace

bool is_on(const Channel& channel, WallTime wall) {
    return is_quiet(channel.attention.quiet_hours, wall);
}

void send(StepContext& context, ChannelId id, const Notice& notice, bool can_wait) {
    const bool waits = can_wait && is_on(*context.fleet().channel(id), context.wall());
    // Once more than needed does no harm.
    if (can_wait && !waits && about_to_end(context, id)) context.tx.release(id);
    context.tx.enqueue(id, notice, context.tx.next_id<NotificationId>(), waits);
}

void send_last(StepContext& context, ChannelId id, const Notice& notice) {
    const bool may_hold = is_on(*context.fleet().channel(id), context.wall());
    if (may_hold || about_to_end(context, id)) context.tx.release(id);
    context.tx.enqueue(id, notice, context.tx.next_id<NotificationId>());
}

void review(StepContext& context, ChannelId id) {
    const Channel* channel = context.fleet().channel(id);
    if (channel == nullptr || channel->attention.quiet_hours.empty())
        return context.deadlines.clear(deadline_of(id));
    if (!is_on(*channel, context.wall())) {
        context.tx.release(id);
        escalation::review(context, id);
    }
    const auto end = end_of_quiet(channel->attention.quiet_hours, context.wall());
    const WallTime next = end.value_or(context.wall() + kLookAgain);
    context.deadlines.set(deadline_of(id), context.clock.when(next));
}

void review_all(StepContext& context) {
    for (const Channel* channel : context.fleet().channels())
        review(context, channel->id);
}

}  // namespace understudy::quiet
