#include "controller/store/sqlite_history.h"

#include <algorithm>
#include <functional>

#include "controller/store/columns.h"

namespace understudy::sqlite {
namespace {

// A query whose conditions depend on what is asked. Values are bound in the order they were added.
class Query {
  public:
    explicit Query(std::string_view select) : sql_(select) {}

    template <typename Value>
    void where(bool asked, std::string_view condition, const Value& value) {
        if (!asked) return;
        sql_ += values_.empty() ? " WHERE " : " AND ";
        sql_ += condition;
        values_.push_back([value](Statement& statement) { statement.bind(value); });
    }
    Result<Statement*> prepare(Database& database, std::string_view order, int limit) {
        sql_ += order;
        sql_ += " LIMIT ?";
        auto statement = database.prepare(sql_);
        if (!statement) return statement;
        for (const auto& bind : values_)
            bind(**statement);
        (*statement)->bind(std::clamp(limit, 0, kMaxQueryRows));
        return statement;
    }

  private:
    std::string sql_;
    std::vector<std::function<void(Statement&)>> values_;
};

RecordBehind read_record(Row& row) {
    RecordBehind record;
    record.domain = row.id<DomainId>();
    record.name = row.text();
    record.provider = row.id<ProviderId>();
    record.zone_id = row.text();
    record.zone_name = row.text();
    record.proxied = row.flag();
    record.generation = row.integer();
    record.desired = row.parsed(parse_address_set);
    record.desired_ttl.seconds = row.small_number();
    AddressSet confirmed = row.parsed(parse_address_set);
    record.acceptable = row.parsed(columns::read<std::vector<AddressSet>>);
    record.acceptable.insert(record.acceptable.begin(), std::move(confirmed));
    return record;
}

constexpr std::string_view kNotificationColumns =
    "o.id, o.channel, o.type, o.payload, o.state, o.attempts, o.created, o.next_try, o.last_error,"
    " o.served, o.turn";

NotificationRow read_notification(Row& row) {
    NotificationRow notification;
    notification.id = row.id<NotificationId>();
    notification.channel = row.id<ChannelId>();
    notification.type = row.parsed(notice_type_from);
    notification.payload = row.text();
    notification.state = row.parsed(notification_state_from);
    notification.attempts = static_cast<int>(row.integer());
    notification.created = row.time();
    notification.next_try = row.time();
    notification.last_error = row.text();
    notification.served = row.text();
    notification.turn = row.integer();
    return notification;
}

HistoryRow read_log_line(Row& row) {
    HistoryRow entry;
    LogLine& line = entry.line;
    line.id = row.id<EventId>();
    entry.at = row.time();
    line.type = EventWord::kept(row.text());
    line.server = row.id<ServerId>();
    line.pool = row.id<PoolId>();
    line.domain = row.id<DomainId>();
    line.incident = row.id<IncidentId>();
    line.from = row.text();
    line.to = row.text();
    line.reason = row.text();
    line.detail = row.text();
    line.evidence = row.text();
    line.who = row.text();
    line.server_name = row.text();
    line.pool_name = row.text();
    line.domain_name = row.text();
    return entry;
}

SightingRow read_sighting(Row& row) {
    SightingRow entry;
    entry.sighting.id = row.id<EventId>();
    entry.at = row.time();
    entry.sighting.server = row.id<ServerId>();
    entry.sighting.sight = row.parsed(sight_from);
    entry.sighting.observer.by = row.id<ServerId>();
    entry.sighting.observer.service = row.text();
    return entry;
}

}  // namespace

Result<std::vector<RecordBehind>> read_behind(Database& database, std::size_t limit) {
    auto statement = database.prepare(
        "SELECT id, name, provider, zone_id, zone_name, proxied, generation, desired, "
        "desired_ttl,"
        " confirmed, attempted FROM domain"
        " WHERE generation <> confirmed_generation AND stranger IS NULL"
        " ORDER BY desired_since, id LIMIT ?");
    if (!statement) return statement.error();
    (*statement)->bind(static_cast<std::int64_t>(limit));
    return read_all(database, **statement, read_record);
}

// INDEXED BY: the planner would else walk through all that the channel was ever sent.
Result<std::vector<NotificationRow>> read_heads(Database& database) {
    auto statement = database.prepare("SELECT " + std::string{kNotificationColumns} +
                                      " FROM channel AS c JOIN outbox AS o ON o.id ="
                                      " (SELECT id FROM outbox INDEXED BY outbox_pending"
                                      " WHERE channel = c.id AND state = 'pending' AND served = ''"
                                      " ORDER BY turn, id LIMIT 1)"
                                      " WHERE c.disabled = 0 ORDER BY o.id");
    if (!statement) return statement.error();
    return read_all(database, **statement, read_notification);
}

// Only what lies next to the head in its subject's queue: nothing else about the server, a failover
// say, is overtaken.
Result<std::vector<NotificationRow>> read_followers(Database& database,
                                                    const NotificationRow& head) {
    std::vector<NotificationRow> followers;
    if (!folds_into(head.type, head.type)) return followers;
    auto statement = database.prepare(
        "SELECT " + std::string{kNotificationColumns} +
        " FROM outbox AS o INDEXED BY outbox_subject"
        " WHERE channel = ?1 AND state = 'pending' AND served = '' AND subject <> 0 AND subject ="
        " (SELECT subject FROM outbox WHERE id = ?2) AND (turn, id) > (?3, ?2)"
        " ORDER BY turn, id LIMIT ?4");
    if (!statement) return statement.error();
    (*statement)->bind(head.channel).bind(head.id).bind(head.turn).bind(kMostFolded);
    auto rows = read_all(database, **statement, read_notification);
    if (!rows) return rows;
    for (NotificationRow& row : *rows) {
        if (!folds_into(head.type, row.type)) break;
        followers.push_back(std::move(row));
    }
    return followers;
}

Result<Turns> read_turns(Database& database, ChannelId channel, const Notice& notice) {
    auto statement = database.prepare(
        "SELECT (SELECT turn FROM outbox INDEXED BY outbox_pending WHERE channel = ?1"
        " AND state = 'pending' AND served = '' ORDER BY turn, id LIMIT 1),"
        " (SELECT turn FROM outbox INDEXED BY outbox_subject WHERE channel = ?1 AND subject = ?2"
        " AND subject <> 0 AND state = 'pending' AND served = '' ORDER BY turn DESC LIMIT 1),"
        " (SELECT turn FROM outbox INDEXED BY outbox_incident WHERE channel = ?1 AND incident = ?3"
        " AND incident <> 0 AND state = 'pending' AND served = '' ORDER BY turn DESC LIMIT 1)");
    if (!statement) return statement.error();
    (*statement)->bind(channel).bind(subject_of(notice)).bind(notice.incident);
    auto more = database.step(**statement);
    if (!more) return more.error();
    const auto number = [&](int column) {
        return (*statement)->is_null(column) ? std::optional<std::int64_t>{}
                                             : (*statement)->integer(column);
    };
    const Turns turns{number(0).value_or(0), number(1), number(2)};
    (*statement)->rewind();
    return turns;
}

Result<std::vector<NotificationRow>> read_partly_served(Database& database) {
    auto statement = database.prepare("SELECT " + std::string{kNotificationColumns} +
                                      " FROM outbox AS o INDEXED BY outbox_partly_served"
                                      " JOIN channel AS c ON c.id = o.channel"
                                      " WHERE o.state = 'pending' AND o.served <> ''"
                                      " AND c.disabled = 0 ORDER BY o.id");
    if (!statement) return statement.error();
    return read_all(database, **statement, read_notification);
}

Result<std::vector<HistoryRow>> read_history(Database& database, const HistoryQuery& query) {
    Query text{
        "SELECT id, at, type, server, pool, domain, incident, from_content, to_content, reason,"
        " detail, evidence, who, server_name, pool_name, domain_name FROM log"};
    text.where(bool{query.server}, "server = ? AND server <> 0", query.server);
    text.where(bool{query.pool}, "pool = ? AND pool <> 0", query.pool);
    text.where(bool{query.domain}, "domain = ? AND domain <> 0", query.domain);
    text.where(bool{query.incident}, "incident = ? AND incident <> 0", query.incident);
    text.where(!query.type.empty(), "type = ?", query.type);
    text.where(query.since.has_value(), "at >= ?", query.since);
    text.where(query.until.has_value(), "at < ?", query.until);
    text.where(bool{query.after}, query.ascending ? "id > ?" : "id < ?", query.after);
    auto statement =
        text.prepare(database, query.ascending ? " ORDER BY id" : " ORDER BY id DESC", query.limit);
    if (!statement) return statement.error();
    return read_all(database, **statement, read_log_line);
}

Result<std::vector<SightingRow>> read_sightings(Database& database, const SightingQuery& query) {
    Query text{"SELECT id, at, server, sight, observer, service FROM sighting"};
    text.where(true, "id > ?", query.after);
    text.where(query.since.has_value(), "at >= ?", query.since);
    text.where(query.until.has_value(), "at < ?", query.until);
    text.where(query.latest_of_each,
               "id IN (SELECT max(id) FROM sighting WHERE at < ? GROUP BY server, observer, "
               "service)",
               query.until.value_or(WallTime::max()));
    auto statement = text.prepare(database, " ORDER BY id", query.limit);
    if (!statement) return statement.error();
    return read_all(database, **statement, read_sighting);
}

Result<std::vector<NotificationRow>> read_outbox(Database& database, const OutboxQuery& query) {
    Query text{"SELECT " + std::string{kNotificationColumns} + " FROM outbox AS o"};
    text.where(bool{query.channel}, "o.channel = ?", query.channel);
    text.where(query.state.has_value(), "o.state = ?",
               std::string{query.state ? to_text(*query.state) : ""});
    text.where(bool{query.before}, "o.id < ?", query.before);
    auto statement = text.prepare(database, " ORDER BY o.id DESC", query.limit);
    if (!statement) return statement.error();
    return read_all(database, **statement, read_notification);
}

// INDEXED BY: rows, with their payloads, are not looked at.
Result<OutboxCounts> count_outbox(Database& database) {
    auto statement = database.prepare(
        "SELECT (SELECT count(*) FROM outbox INDEXED BY outbox_pending WHERE state = 'pending'),"
        " (SELECT count(*) FROM outbox INDEXED BY outbox_settled"
        " WHERE state = 'dead' AND settled IS NOT NULL)");
    if (!statement) return statement.error();
    if (auto row = database.step(**statement); !row) return row.error();
    const OutboxCounts counts{static_cast<std::size_t>((*statement)->integer(0)),
                              static_cast<std::size_t>((*statement)->integer(1))};
    (*statement)->rewind();
    return counts;
}

}  // namespace understudy::sqlite
