#include "controller/api/outbox_reads.h"

#include <algorithm>
#include <iterator>

#include "controller/api/lookup.h"
#include "controller/api/page.h"

namespace understudy::api {

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

Result<std::vector<NotificationRow>> outbox_of(Store& store, ChannelId channel,
                                               NotificationState state) {
    std::vector<NotificationRow> found;
    OutboxQuery query;
    query.channel = channel;
    query.state = state;
    query.limit = static_cast<int>(kPageMost);
    while (true) {
        auto rows = store.outbox(query);
        if (!rows) return rows.error();
        std::ranges::move(*rows, std::back_inserter(found));
        if (rows->size() < static_cast<std::size_t>(query.limit)) break;
        query.before = found.back().id;
    }
    std::ranges::reverse(found);
    return found;
}

}  // namespace understudy::api
