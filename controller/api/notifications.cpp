#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/outbox_reads.h"
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
    outbox.before = NotificationId{read_cursor(query)};
    outbox.limit = static_cast<int>(read_limit(query));
    return outbox;
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

}  // namespace understudy::api
