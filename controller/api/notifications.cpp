#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

OutboxQuery read_outbox(const Fleet& fleet, Query& query, Problems& problems) {
    OutboxQuery outbox;
    if (const auto key = query.text("channel")) {
        const auto channel = as_field(find_channel(fleet, *key), "?channel");
        if (channel) {
            outbox.channel = (*channel)->id;
        } else {
            problems.push_back(channel.error());
        }
    }
    if (const auto word = query.word("state", {"pending", "delivered", "dead"})) {
        outbox.state = notification_state_from(*word);
    }
    outbox.before = NotificationId{query.integer("cursor", 0, INT64_MAX).value_or(0)};
    outbox.limit = static_cast<int>(query.integer("limit", 1, kPageMost).value_or(kPageDefault));
    return outbox;
}

Result<NotificationRow> find_notification(Store& store, const std::string& key) {
    const std::int64_t id = parse_id(key);
    OutboxQuery query;
    query.before = NotificationId{id + 1};
    query.limit = 1;
    if (id > 0 && id < INT64_MAX) {
        auto rows = store.outbox(query);
        if (!rows) return rows.error();
        if (!rows->empty() && rows->front().id.value == id) return rows->front();
    }
    return not_found("there is no notification " + quoted(key),
                     "delivered ones are pruned after a while");
}

// All dead ones of a channel, oldest first, so that they are delivered in order.
Result<std::vector<NotificationId>> dead_of(Store& store, ChannelId channel) {
    std::vector<NotificationId> ids;
    OutboxQuery query;
    query.channel = channel;
    query.state = NotificationState::Dead;
    query.limit = static_cast<int>(kPageMost);
    while (true) {
        const auto rows = store.outbox(query);
        if (!rows) return rows.error();
        for (const NotificationRow& row : *rows)
            ids.push_back(row.id);
        if (rows->size() < static_cast<std::size_t>(query.limit)) break;
        query.before = rows->back().id;
    }
    std::ranges::reverse(ids);
    return ids;
}

struct RetryCount {
    std::size_t open = 0, retried = 0;
    std::optional<Error> failure;
};

ApiResponse retried(const RetryCount& count) {
    if (count.failure) return problem(*count.failure);
    json::Writer out;
    out.begin_object().field("retried", count.retried).end_object();
    return json_response(out.take());
}

}  // namespace

void list_notifications(const Call& call) {
    OutboxQuery outbox;
    Problems problems;
    Query query{call.request, problems};
    outbox = read_outbox(call.api.fleet(), query, problems);
    query.finish();
    if (!problems.empty()) return call.respond(problem(problems));
    const auto rows = call.api.store.outbox(outbox);
    if (!rows) return call.refuse(rows.error());
    json::Writer out;
    out.begin_object().key("items").begin_array();
    for (const NotificationRow& row : *rows)
        write_notification(out, call.api, row);
    out.end_array().key("next");
    if (rows->size() == static_cast<std::size_t>(outbox.limit)) {
        out.value(to_string(rows->back().id));
    } else {
        out.null();
    }
    out.end_object();
    call.respond(json_response(out.take()));
}

void show_notification(const Call& call) {
    const auto row = find_notification(call.api.store, call.capture());
    if (!row) return call.refuse(row.error());
    call.respond(shown(&*row, [&](json::Writer& out, const NotificationRow& found) {
        write_notification(out, call.api, found);
    }));
}

void retry_notification(const Call& call) {
    const auto row = find_notification(call.api.store, call.capture());
    if (!row) return call.refuse(row.error());
    if (!read_no_body(call)) return;
    if (row->state == NotificationState::Delivered) {
        return call.refuse(conflict("notification " + to_string(row->id) + " is delivered already",
                                    "nothing to do"));
    }
    call.api.desk.retry_notification(row->id,
                                     [respond = call.respond](const Result<OrderDone>& done) {
                                         RetryCount count;
                                         count.retried = 1;
                                         respond(done ? retried(count) : problem(done.error()));
                                     });
}

void retry_channel(const Call& call) {
    const auto channel = find_channel(call.api.fleet(), call.capture());
    if (!channel) return call.refuse(channel.error());
    if (!read_no_body(call)) return;
    const auto ids = dead_of(call.api.store, (*channel)->id);
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
