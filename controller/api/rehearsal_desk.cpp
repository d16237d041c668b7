#include "controller/api/rehearsal_desk.h"

#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

// A word of its own: what is refused with "conflict" would be refused in earnest, too.
ApiResponse not_rehearsed() {
    return problem(
        501, "not_implemented",
        conflict("this cannot be rehearsed: it gives the engine no order", "send it by itself"));
}

}  // namespace

ApiResponse show_rehearsal(const Fleet& fleet, const Rehearsal& rehearsal) {
    json::Writer out;
    out.begin_object();
    write_moved(out, rehearsal.domains);
    out.objects("later", rehearsal.later, [&](const Rehearsal::Later& later) {
        out.field("pool", name_of(fleet.pool(later.pool)));
        out.field("next", later.next).field("moves", later.moves);
    });
    out.end_object();
    return json_response(out.take());
}

void RehearsalDesk::give(const Caller& by, OrderAction action, Unmet unmet, Answered) {
    if (const auto why = unmet ? unmet() : std::nullopt) return respond_(problem(*why));
    std::vector<OrderAction> actions;
    actions.push_back(std::move(action));
    give_batch(by, std::move(actions), {});
}

void RehearsalDesk::give_batch(const Caller& by, std::vector<OrderAction> actions, BatchAnswered) {
    const Rehearsal rehearsal =
        real_.engine.rehearse(by, std::move(actions), now_, Engine::Later::Asked);
    if (!rehearsal.refused.empty()) return respond_(problem(rehearsal.refused.front().error));
    respond_(show_rehearsal(real_.fleet(), rehearsal));
}

void RehearsalDesk::retry_notification(NotificationRetried, Retried) {
    respond_(not_rehearsed());
}

void RehearsalDesk::retry_channel(ChannelId, Retried) {
    respond_(not_rehearsed());
}

void RehearsalDesk::read(HttpRequestId, Length, Reading) {
    respond_(not_rehearsed());
}

}  // namespace understudy::api
