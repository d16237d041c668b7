#include "controller/store/sqlite_history.h"

#include <algorithm>
#include <functional>

#include "controller/store/column_codec.h"
#include "controller/store/sqlite_rows.h"
#include "schema/notice.h"

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
    template <typename Read>
    auto read(Database& database, std::string_view order, int limit, Read read_row)
        -> decltype(read_all(database, order, read_row)) {
        sql_ += order;
        sql_ += " LIMIT ?";
        auto statement = database.prepare(sql_);
        if (!statement) return statement.error();
        for (const auto& bind : values_)
            bind(**statement);
        (*statement)->bind(std::clamp(limit, 0, kMaxQueryRows));
        return read_rows(database, **statement, read_row);
    }

  private:
    std::string sql_;
    std::vector<std::function<void(Statement&)>> values_;
};

RecordBehind read_record(Row& row) {
    RecordBehind record;
    AddressSet confirmed;
    read_columns(row, record.domain, record.name, record.provider, record.zone_id, record.zone_name,
                 record.proxied, record.generation, record.desired, record.desired_ttl, confirmed,
                 record.acceptable);
    record.acceptable.insert(record.acceptable.begin(), std::move(confirmed));
    return record;
}

constexpr std::string_view kNotificationColumns =
    "o.id, o.channel, o.type, o.payload, o.state, o.attempts, o.created, o.next_try, o.last_error,"
    " o.served, o.turn";

NotificationRow read_notification(Row& row) {
    NotificationRow notification;
    read_columns(row, notification.id, notification.channel, notification.type,
                 notification.payload, notification.state, notification.attempts,
                 notification.created, notification.next_try, notification.last_error,
                 notification.served, notification.turn);
    return notification;
}

HistoryRow read_log_line(Row& row) {
    HistoryRow entry;
    LogLine& line = entry.line;
    std::string type;
    read_columns(row, line.id, entry.at, type, line.server, line.pool, line.domain, line.incident,
                 line.from, line.to, line.reason, line.detail, line.evidence, line.who,
                 line.server_name, line.pool_name, line.domain_name, line.audit);
    line.type = EventWord::kept(std::move(type));
    return entry;
}

SightingRow read_sighting(Row& row) {
    SightingRow entry;
    auto& [id, server, sight, observer] = entry.sighting;
    read_columns(row, id, entry.at, server, sight, observer.by, observer.service);
    return entry;
}

IncidentId incident_in(const NotificationRow& row) {
    const auto notice = decode_notice(row.payload);
    return notice ? notice->incident : IncidentId{};
}

}  // namespace

Result<std::vector<RecordBehind>> read_behind(Database& database, std::size_t limit) {
    return read_all(database,
                    "SELECT id, name, provider, zone_id, zone_name, proxied, generation, desired, "
                    "desired_ttl,"
                    " confirmed, attempted FROM domain"
                    " WHERE generation <> confirmed_generation AND stranger IS NULL"
                    " ORDER BY desired_since, id LIMIT ?",
                    read_record, static_cast<std::int64_t>(limit));
}

// INDEXED BY: the planner would else walk through all that the channel was ever sent.
Result<std::vector<NotificationRow>> read_heads(Database& database) {
    return read_all(database,
                    "SELECT " + std::string{kNotificationColumns} +
                        " FROM channel AS c JOIN outbox AS o ON o.id ="
                        " (SELECT id FROM outbox INDEXED BY outbox_pending"
                        " WHERE channel = c.id AND state = 'pending' AND turn < ?"
                        " AND served = '' ORDER BY turn, id LIMIT 1)"
                        " WHERE c.disabled = 0 ORDER BY o.id",
                    read_notification, kHeldTurn);
}

// Only what lies next to the head in its subject's queue: nothing else about the server, a failover
// say, is overtaken. And only of one incident: its end is never left out, since a receiver may keep
// the incident open until it hears of it.
Result<std::vector<NotificationRow>> read_followers(Database& database,
                                                    const NotificationRow& head) {
    std::vector<NotificationRow> followers;
    if (!folds_into(head.type, head.type)) return followers;
    auto rows = read_all(
        database,
        "SELECT " + std::string{kNotificationColumns} +
            " FROM outbox AS o INDEXED BY outbox_subject"
            " WHERE channel = ?1 AND state = 'pending' AND served = '' AND subject <> 0"
            " AND subject = (SELECT subject FROM outbox WHERE id = ?2) AND (turn, id) > (?3, ?2)"
            " AND turn < ?5 ORDER BY turn, id LIMIT ?4",
        read_notification, head.channel, head.id, head.turn, kMostFolded, kHeldTurn);
    if (!rows) return rows;
    const IncidentId incident = incident_in(head);
    for (NotificationRow& row : *rows) {
        if (!folds_into(head.type, row.type) || incident_in(row) != incident) break;
        followers.push_back(std::move(row));
    }
    return followers;
}

Result<Turns> read_turns(Database& database, ChannelId channel, const Notice& notice) {
    const auto read = [](Row& row) {
        const auto now = row.integer_or_null(), of_subject = row.integer_or_null();
        return Turns{now.value_or(0), of_subject, row.integer_or_null()};
    };
    const auto turns = read_first(
        database,
        "SELECT (SELECT turn FROM outbox INDEXED BY outbox_pending WHERE channel = ?1"
        " AND state = 'pending' AND turn < ?4 AND served = '' ORDER BY turn, id LIMIT 1),"
        " (SELECT turn FROM outbox INDEXED BY outbox_subject WHERE channel = ?1 AND subject = ?2"
        " AND subject <> 0 AND state = 'pending' AND turn < ?4 AND served = ''"
        " ORDER BY turn DESC LIMIT 1),"
        " (SELECT turn FROM outbox INDEXED BY outbox_incident WHERE channel = ?1 AND incident = ?3"
        " AND incident <> 0 AND state = 'pending' AND turn < ?4 AND served = ''"
        " ORDER BY turn DESC LIMIT 1)",
        read, channel, subject_of(notice), notice.incident, kHeldTurn);
    if (!turns) return turns.error();
    return turns->value_or(Turns{});
}

Result<std::vector<NotificationRow>> read_partly_served(Database& database) {
    return read_all(database,
                    "SELECT " + std::string{kNotificationColumns} +
                        " FROM outbox AS o INDEXED BY outbox_partly_served"
                        " JOIN channel AS c ON c.id = o.channel"
                        " WHERE o.state = 'pending' AND o.served <> ''"
                        " AND c.disabled = 0 ORDER BY o.id",
                    read_notification);
}

Result<std::vector<HistoryRow>> read_history(Database& database, const HistoryQuery& query) {
    Query text{
        "SELECT id, at, type, server, pool, domain, incident, from_content, to_content, reason,"
        " detail, evidence, who, server_name, pool_name, domain_name, audit FROM log"};
    text.where(bool{query.server}, "server = ? AND server <> 0", query.server);
    text.where(bool{query.pool}, "pool = ? AND pool <> 0", query.pool);
    text.where(bool{query.domain}, "domain = ? AND domain <> 0", query.domain);
    text.where(bool{query.incident}, "incident = ? AND incident <> 0", query.incident);
    text.where(!query.type.empty(), "type = ?", query.type);
    text.where(query.since.has_value(), "at >= ?", query.since);
    text.where(query.until.has_value(), "at < ?", query.until);
    if (query.about) {
        text.where(true, "server + pool + domain > ?", std::int64_t{0});
        text.where(true, "server IN (SELECT value FROM json_each(?) UNION SELECT 0)",
                   columns::write(query.about->servers));
        text.where(true, "pool IN (SELECT value FROM json_each(?) UNION SELECT 0)",
                   columns::write(query.about->pools));
        text.where(true, "domain IN (SELECT value FROM json_each(?) UNION SELECT 0)",
                   columns::write(query.about->domains));
    }
    text.where(bool{query.after}, query.ascending ? "id > ?" : "id < ?", query.after);
    return text.read(database, query.ascending ? " ORDER BY id" : " ORDER BY id DESC", query.limit,
                     read_log_line);
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
    return text.read(database, " ORDER BY id", query.limit, read_sighting);
}

Result<std::vector<NotificationRow>> read_outbox(Database& database, const OutboxQuery& query) {
    Query text{"SELECT " + std::string{kNotificationColumns} + " FROM outbox AS o"};
    text.where(bool{query.channel}, "o.channel = ?", query.channel);
    if (query.among)
        text.where(true, "o.channel IN (SELECT value FROM json_each(?))",
                   columns::write(*query.among));
    text.where(query.state.has_value(), "o.state = ?",
               std::string{query.state ? to_text(*query.state) : ""});
    text.where(bool{query.before}, "o.id < ?", query.before);
    return text.read(database, " ORDER BY o.id DESC", query.limit, read_notification);
}

Result<std::vector<Drill>> read_drills(Database& database, const DrillQuery& query) {
    Query text{Rows<Drill>::select_from()};
    text.where(bool{query.pool}, "pool = ?", query.pool);
    if (query.among)
        text.where(true, "pool IN (SELECT value FROM json_each(?))", columns::write(*query.among));
    text.where(bool{query.before}, "id < ?", query.before);
    return text.read(database, " ORDER BY id DESC", query.limit, Rows<Drill>::read);
}

Result<DrillCounts> count_drills(Database& database,
                                 const std::optional<std::vector<PoolId>>& among) {
    Query text{
        "SELECT ifnull(sum(result = 'passed'), 0), ifnull(sum(result = 'failed'), 0),"
        " max(CASE WHEN result = 'passed' THEN ended END) FROM drill"};
    text.where(true, "phase = ?", std::string{to_text(DrillPhase::Ended)});
    if (among) text.where(true, "pool IN (SELECT value FROM json_each(?))", columns::write(*among));
    const auto counts = text.read(database, "", 1, [](Row& row) {
        DrillCounts found;
        found.passed = row.integer();
        found.failed = row.integer();
        const auto last = row.integer_or_null();
        if (last) found.last_good = WallTime{Duration{*last}};
        return found;
    });
    if (!counts) return counts.error();
    return counts->front();
}

Result<std::vector<Drill>> read_drills_under_way(Database& database) {
    return read_all(database, Rows<Drill>::select_from() + " WHERE phase <> 'ended' ORDER BY id",
                    Rows<Drill>::read);
}

// INDEXED BY: rows, with their payloads, are not looked at.
Result<OutboxCounts> count_outbox(Database& database) {
    const auto counts = read_first(
        database,
        "SELECT (SELECT count(*) FROM outbox INDEXED BY outbox_pending WHERE state = 'pending'),"
        " (SELECT count(*) FROM outbox INDEXED BY outbox_settled"
        " WHERE state = 'dead' AND settled IS NOT NULL),"
        " ifnull((SELECT created FROM outbox WHERE id ="
        " (SELECT min(id) FROM outbox INDEXED BY outbox_pending WHERE state = 'pending'"
        " AND turn < ?)), 0)",
        [](Row& row) {
            const auto pending = static_cast<std::size_t>(row.integer());
            const auto dead = static_cast<std::size_t>(row.integer());
            return OutboxCounts{pending, dead, row.time()};
        },
        kHeldTurn);
    if (!counts) return counts.error();
    return counts->value_or(OutboxCounts{});
}

}  // namespace understudy::sqlite
