// POST /notifications/{id}/retry and /channels/{channel}/retry. What is answered is what happens: a
// channel sends in order, and one that is disabled sends nothing.
#include <algorithm>

#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/outbox_reads.h"

namespace understudy::api {
namespace {

struct RetryCount {
    std::size_t open = 0, retried = 0;
    std::optional<NotificationRow> behind;
    std::optional<Error> failure;
};

ApiResponse retried(const RetryCount& count) {
    if (count.failure) return problem(*count.failure);
    json::Writer out;
    out.begin_object().field("retried", count.retried).key("behind");
    if (count.behind) {
        out.begin_object().field("id", count.behind->id.value);
        out.field("next_try", to_rfc3339(count.behind->next_try)).end_object();
    } else {
        out.null();
    }
    out.end_object();
    return json_response(out.take());
}

Result<Done> check_enabled(const Channel* channel) {
    if (channel == nullptr || !channel->disabled) return Done{};
    return conflict(
        "channel '" + channel->name + "' is disabled: nothing is sent to it",
        "when its receiver is there again: understudyctl channel enable " + channel->name);
}

// The one that this one comes after, however often it is put back.
Result<std::optional<NotificationRow>> ahead_of(Store& store, const NotificationRow& row) {
    auto pending = outbox_of(store, row.channel, NotificationState::Pending);
    if (!pending) return pending.error();
    const auto place = [](const NotificationRow& each) { return std::pair{each.turn, each.id}; };
    const auto first = std::ranges::min_element(*pending, {}, place);
    if (first == pending->end() || first->id == row.id) return std::optional<NotificationRow>{};
    // A dead one comes back to the turn that is served now.
    const bool dead = row.state == NotificationState::Dead;
    const bool ahead = dead ? first->id < row.id : place(*first) < place(row);
    return ahead ? std::optional{std::move(*first)} : std::nullopt;
}

// Dead ones, and those that wait for their next try: oldest first, so that they arrive in order.
Result<std::vector<NotificationId>> unsent_of(Store& store, ChannelId channel) {
    const auto dead = outbox_of(store, channel, NotificationState::Dead);
    if (!dead) return dead.error();
    const auto pending = outbox_of(store, channel, NotificationState::Pending);
    if (!pending) return pending.error();
    std::vector<NotificationId> ids;
    for (const NotificationRow& row : *dead)
        ids.push_back(row.id);
    for (const NotificationRow& row : *pending) {
        if (row.attempts > 0) ids.push_back(row.id);
    }
    std::ranges::sort(ids);
    return ids;
}

}  // namespace

void retry_notification(const Call& call) {
    const auto row = find_notification(call.api.store, call.capture());
    if (!row) return call.refuse(row.error());
    if (!read_no_body(call)) return;
    if (row->state == NotificationState::Delivered) {
        return call.refuse(conflict("notification " + to_string(row->id) + " is delivered already",
                                    "nothing to do"));
    }
    if (auto checked = check_enabled(call.api.fleet().channel(row->channel)); !checked) {
        return call.refuse(checked.error());
    }
    auto ahead = ahead_of(call.api.store, *row);
    if (!ahead) return call.refuse(ahead.error());
    RetryCount count;
    count.retried = 1;
    count.behind = std::move(ahead).value();
    call.api.desk.retry_notification(
        row->id, [count = std::move(count), respond = call.respond](const Result<OrderDone>& done) {
            respond(done ? retried(count) : problem(done.error()));
        });
}

void retry_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    if (!read_no_body(call)) return;
    if (auto checked = check_enabled(*channel); !checked) return call.refuse(checked.error());
    const auto ids = unsent_of(call.api.store, (*channel)->id);
    if (!ids) return call.refuse(ids.error());
    const auto count = std::make_shared<RetryCount>();
    if (ids->empty()) return call.respond(retried(*count));
    count->open = ids->size();
    for (const NotificationId id : *ids) {
        call.api.desk.retry_notification(
            id, [count, respond = call.respond](const Result<OrderDone>& done) {
                if (done) {
                    ++count->retried;
                } else {
                    count->failure = done.error();
                }
                if (--count->open == 0) respond(retried(*count));
            });
    }
}

}  // namespace understudy::api
