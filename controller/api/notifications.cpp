#include <map>

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
    outbox.before = NotificationId{read_cursor(query)};
    outbox.limit = static_cast<int>(read_limit(query));
    return outbox;
}

// As they are called now; a reading knows no fleet.
using Names = std::map<ChannelId, std::string>;
Names names_of_channels(const Fleet& fleet) {
    Names names;
    for (const Channel* channel : fleet.channels())
        names.emplace(channel->id, channel->name);
    return names;
}

void write_row(json::Writer& out, const Names& names, const NotificationRow& row) {
    const auto name = names.find(row.channel);
    write_notification(out, name == names.end() ? std::string{} : name->second, row);
}

Result<std::string> page_of_notifications(Archive& archive, const Names& names,
                                          const OutboxQuery& outbox) {
    const auto rows = archive.outbox(outbox);
    if (!rows) return rows.error();
    json::Writer out;
    out.begin_object().key("items").begin_array();
    for (const NotificationRow& row : *rows)
        write_row(out, names, row);
    out.end_array().key("next");
    if (rows->size() == static_cast<std::size_t>(outbox.limit)) {
        out.value(to_string(rows->back().id));
    } else {
        out.null();
    }
    out.end_object();
    return out.take();
}

Result<std::string> one_notification(Archive& archive, const Names& names, const std::string& key) {
    const std::int64_t id = parse_id(key);
    if (id <= 0 || id == INT64_MAX) return no_such_notification(key);
    OutboxQuery query;
    query.before = NotificationId{id + 1};
    query.limit = 1;
    const auto rows = archive.outbox(query);
    if (!rows) return rows.error();
    if (rows->empty() || rows->front().id.value != id) return no_such_notification(key);
    json::Writer out;
    write_row(out, names, rows->front());
    return out.take();
}

}  // namespace

Error no_such_notification(const std::string& key) {
    return not_found("there is no notification " + quoted(key),
                     "delivered ones are pruned after a while, others go with their channel");
}

void list_notifications(const Call& call) {
    OutboxQuery outbox;
    Problems problems;
    Query query{call.request, problems};
    outbox = read_outbox(call.api.fleet(), query, problems);
    query.finish();
    if (!problems.empty()) return call.respond(problem(problems));
    look_up(
        call, [&] { return names_of_channels(call.api.fleet()); },
        [outbox](Archive& archive, const Names& names) {
            return page_of_notifications(archive, names, outbox);
        });
}

void show_notification(const Call& call) {
    look_up(
        call, [&] { return names_of_channels(call.api.fleet()); },
        [key = call.capture()](Archive& archive, const Names& names) {
            return one_notification(archive, names, key);
        });
}

}  // namespace understudy::api
