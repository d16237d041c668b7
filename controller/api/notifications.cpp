#include <map>

#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

void read_outbox(const Fleet& fleet, Query& query, OutboxQuery& outbox) {
    outbox.channel = read_named<ChannelId>(fleet, query, "channel");
    if (const auto word = query.word("state", all_words<NotificationState>())) {
        outbox.state = from_text<NotificationState>(*word);
    }
    outbox.before = NotificationId{read_cursor(query)};
    outbox.limit = static_cast<int>(read_limit(query)) + 1;  // one more: there is a next page
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
    return page_of(
        *rows, static_cast<std::size_t>(outbox.limit) - 1,
        [&](json::Writer& out, const NotificationRow& row) { write_row(out, names, row); },
        [](const NotificationRow& row) { return row.id.value; });
}

Result<std::string> one_notification(Archive& archive, const Names& names, OutboxQuery query,
                                     const std::string& key) {
    const std::int64_t id = parse_id(key);
    if (id <= 0 || id == INT64_MAX) return no_such_notification(key);
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
    outbox.among = call.api.engine.channels();
    const auto read = [&](Query& query) { read_outbox(call.api.fleet(), query, outbox); };
    if (!read_query(call, read)) return;
    look_up(
        call, [&] { return names_of_channels(call.api.fleet()); },
        [outbox](Archive& archive, const Names& names) {
            return page_of_notifications(archive, names, outbox);
        });
}

void show_notification(const Call& call) {
    OutboxQuery query;
    query.among = call.api.engine.channels();
    look_up(
        call, [&] { return names_of_channels(call.api.fleet()); },
        [query, key = call.capture()](Archive& archive, const Names& names) {
            return one_notification(archive, names, query, key);
        });
}

}  // namespace understudy::api
