#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

// The thing a filter names. The log outlives the things: an id that is no longer there is fine.
template <typename IdType, typename Find>
IdType read_thing(const Fleet& fleet, Query& query, std::string_view name, Find find) {
    const auto key = query.text(name);
    if (!key) return {};
    if (const auto found = find(fleet, *key)) return (*found)->id;
    const IdType id{parse_id(*key)};
    if (!id) {
        query.complain(name, quoted(*key) + " is not registered",
                       "give the id to see events of something removed");
    }
    return id;
}

// `after` is what the cursor was called here before.
std::int64_t read_place(Query& query) {
    const std::int64_t cursor = read_cursor(query);
    const auto after = query.integer("after", 0, INT64_MAX);
    if (after && cursor != 0)
        query.complain("after", "cursor says where to go on", "give cursor alone");
    return after.value_or(cursor);
}

HistoryQuery read_history(const Call& call, Query& query) {
    const Fleet& fleet = call.api.fleet();
    HistoryQuery history;
    history.server = read_thing<ServerId>(fleet, query, "server", find_server);
    history.pool = read_thing<PoolId>(fleet, query, "pool", find_pool);
    history.domain = read_thing<DomainId>(fleet, query, "domain", find_domain);
    history.incident = IncidentId{query.integer("incident", 1, INT64_MAX).value_or(0)};
    history.type = query.text("type").value_or("");
    history.since = query.past("since", call.wall);
    history.until = query.past("until", call.wall);
    history.after = EventId{read_place(query)};
    history.ascending = query.word("order", {"asc", "desc"}).value_or("desc") == "asc";
    history.limit = static_cast<int>(read_limit(query)) + 1;  // one more: there is a next page
    history.about = call.api.engine.lines();
    return history;
}

Result<std::string> page_of_events(Archive& archive, const HistoryQuery& history) {
    const auto rows = archive.history(history);
    if (!rows) return rows.error();
    const std::size_t limit = static_cast<std::size_t>(history.limit) - 1;
    // Following goes on from the last event seen, even when there is nothing newer yet.
    const bool follows = history.ascending && !rows->empty() && rows->size() <= limit;
    return page_of(
        *rows, limit,
        [&](json::Writer& out, const HistoryRow& row) {
            out.begin_object();
            write_event_fields(out, row);
            out.end_object();
        },
        [](const HistoryRow& row) { return row.line.id.value; }, follows);
}

}  // namespace

void list_events(const Call& call) {
    HistoryQuery history;
    const auto read = [&](Query& query) { history = read_history(call, query); };
    if (!read_query(call, read)) return;
    look_up(
        call, [&] { return history; }, page_of_events);
}

}  // namespace understudy::api
