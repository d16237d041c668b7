#include "controller/store/sqlite_changes.h"

#include "controller/store/sqlite_history.h"
#include "controller/store/sqlite_rows.h"
#include "schema/notice.h"

namespace understudy::sqlite {

Result<Done> ChangeWriter::operator()(const SaveServer& change) {
    return save(database_, change.server, at_);
}

Result<Done> ChangeWriter::operator()(const DeleteServer& change) {
    return run("DELETE FROM server WHERE id = ?", change.id);
}

Result<Done> ChangeWriter::operator()(const SavePool& change) {
    return save(database_, change.pool, at_);
}

Result<Done> ChangeWriter::operator()(const DeletePool& change) {
    return run("DELETE FROM pool WHERE id = ?", change.id);
}

Result<Done> ChangeWriter::operator()(const SaveDomain& change) {
    return save(database_, change.domain, at_);
}

Result<Done> ChangeWriter::operator()(const DeleteDomain& change) {
    return run("DELETE FROM domain WHERE id = ?", change.id);
}

Result<Done> ChangeWriter::operator()(const SaveProvider& change) {
    return save(database_, change.account, at_);
}

Result<Done> ChangeWriter::operator()(const DeleteProvider& change) {
    return run("DELETE FROM provider WHERE id = ?", change.id);
}

Result<Done> ChangeWriter::operator()(const SaveChannel& change) {
    return save(database_, change.channel, at_);
}

Result<Done> ChangeWriter::operator()(const DeleteChannel& change) {
    auto done = run("DELETE FROM outbox WHERE channel = ? AND state <> 'delivered'", change.id);
    if (!done) return done;
    return run("DELETE FROM channel WHERE id = ?", change.id);
}

Result<Done> ChangeWriter::operator()(const AppendLog& change) {
    const LogLine& line = change.line;
    return run(
        "INSERT INTO log (id, at, type, server, pool, domain, incident, from_content, to_content,"
        " reason, detail, evidence, who, server_name, pool_name, domain_name)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        line.id, at_, line.type, line.server, line.pool, line.domain, line.incident, line.from,
        line.to, line.reason, line.detail, line.evidence, line.who, line.server_name,
        line.pool_name, line.domain_name);
}

Result<Done> ChangeWriter::operator()(const AppendSighting& change) {
    return run(
        "INSERT INTO sighting (id, at, server, sight, observer, service) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        change.id, at_, change.server, to_text(change.sight), change.observer.by,
        change.observer.service);
}

Result<Done> ChangeWriter::operator()(const SaveControls& change) {
    return save(database_, change.controls);
}

Result<Done> ChangeWriter::operator()(const Enqueue& change) {
    Notice notice = change.notice;
    notice.at = at_;
    const auto turns = read_turns(database_, change.channel, notice);
    if (!turns) return turns.error();
    return run(
        "INSERT INTO outbox (id, channel, type, payload, state, attempts, created, next_try,"
        " last_error, subject, incident, turn)"
        " VALUES (?1, ?2, ?3, ?4, 'pending', 0, ?5, ?5, '', ?6, ?7, ?8)",
        change.id, change.channel, to_text(notice.type), encode_notice(notice), at_,
        subject_of(notice), notice.incident, next_turn(*turns));
}

// An answer may come after its row has gone with the channel, or after a person's retry: then there
// is nothing to change.
Result<Done> ChangeWriter::operator()(const NotificationDelivered& change) {
    return run(
        "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, last_error = ?3,"
        " settled = ?2 WHERE id = ?1 AND state <> 'delivered'",
        change.id, at_, change.note);
}

Result<Done> ChangeWriter::operator()(const NotificationDeferred& change) {
    return run(
        "UPDATE outbox SET attempts = ?2, next_try = ?3, last_error = ?4,"
        " served = iif(?5 = '', served, ?5) WHERE id = ?1 AND state = 'pending'",
        change.id, change.attempts, change.next_try, change.error, change.served);
}

Result<Done> ChangeWriter::operator()(const NotificationDead& change) {
    return run(
        "UPDATE outbox SET state = 'dead', attempts = ?2, last_error = ?3, settled = ?4"
        " WHERE id = ?1 AND state = 'pending'",
        change.id, change.attempts, change.error, at_);
}

// With a fresh count of attempts: otherwise the first failure would make it dead again. It is
// served before all that waits.
Result<Done> ChangeWriter::put_back(const std::string& which, std::int64_t id,
                                    RetryOutcome& outcome) {
    auto done =
        run("UPDATE outbox SET attempts = 0, next_try = ?2, settled = NULL,"
            " turn = iif(state = 'pending', turn, coalesce((SELECT min(o.turn)"
            " FROM outbox AS o WHERE o.channel = outbox.channel AND o.state = 'pending'"
            " AND o.served = ''), 0)), state = 'pending' WHERE " +
                which,
            id, at_);
    if (done) outcome.retried += static_cast<std::size_t>(database_.changed_rows());
    return done;
}

// What its channel sends before it, however often it is put back. One that some receivers have
// taken holds up nothing.
Result<std::optional<RetryOutcome::Ahead>> ChangeWriter::ahead_of(NotificationId id,
                                                                  ChannelId channel) {
    auto first = database_.prepare(
        "SELECT id, next_try FROM outbox INDEXED BY outbox_pending"
        " WHERE channel = ? AND state = 'pending' AND served = '' ORDER BY turn, id LIMIT 1");
    if (!first) return first.error();
    auto rows = read_all(database_, (*first)->bind(channel), [](Row& row) {
        RetryOutcome::Ahead ahead;
        ahead.id = row.id<NotificationId>();
        ahead.next_try = row.time();
        return ahead;
    });
    if (!rows) return rows.error();
    if (rows->empty() || rows->front().id == id) return std::optional<RetryOutcome::Ahead>{};
    return std::optional{rows->front()};
}

Result<Done> ChangeWriter::operator()(const NotificationRetried& change) {
    using enum RetryOutcome::Verdict;
    auto found = database_.prepare(
        "SELECT o.channel, o.state, coalesce(c.disabled, 0) FROM outbox AS o"
        " LEFT JOIN channel AS c ON c.id = o.channel WHERE o.id = ?");
    if (!found) return found.error();
    auto rows = read_all(database_, (*found)->bind(change.id), [](Row& row) {
        RetryOutcome outcome;
        outcome.channel = row.id<ChannelId>();
        const bool delivered = row.parsed(notification_state_from) == NotificationState::Delivered;
        const bool disabled = row.flag();
        outcome.verdict = delivered ? Delivered : disabled ? Disabled : PutBack;
        return outcome;
    });
    if (!rows) return rows.error();
    RetryOutcome outcome{Missing, {}, 0, {}};
    if (!rows->empty()) outcome = rows->front();
    if (outcome.verdict == PutBack) {
        if (auto done = put_back("id = ?1", change.id.value, outcome); !done) return done;
        auto ahead = ahead_of(change.id, outcome.channel);
        if (!ahead) return ahead.error();
        outcome.behind = *ahead;
    }
    committed_.retries.push_back(outcome);
    return Done{};
}

// All that are dead, and all that wait for their next try.
Result<Done> ChangeWriter::operator()(const ChannelRetried& change) {
    using enum RetryOutcome::Verdict;
    auto found = database_.prepare("SELECT disabled FROM channel WHERE id = ?");
    if (!found) return found.error();
    auto rows = read_all(database_, (*found)->bind(change.id), [](Row& row) { return row.flag(); });
    if (!rows) return rows.error();
    RetryOutcome outcome{Missing, change.id, 0, {}};
    if (!rows->empty()) outcome.verdict = rows->front() ? Disabled : PutBack;
    if (outcome.verdict == PutBack) {
        for (const char* which : {"channel = ?1 AND state = 'pending' AND attempts > 0",
                                  "channel = ?1 AND state = 'dead' AND settled IS NOT NULL"}) {
            if (auto done = put_back(which, change.id.value, outcome); !done) return done;
        }
    }
    committed_.retries.push_back(outcome);
    return Done{};
}

Result<Done> ChangeWriter::operator()(const NotificationsFolded& change) {
    auto done = run("UPDATE outbox SET payload = ?2 WHERE id = ?1 AND state = 'pending'", change.id,
                    change.payload);
    for (const NotificationId earlier : change.earlier) {
        if (!done) return done;
        done = run("DELETE FROM outbox WHERE id = ?1 AND state = 'pending'", earlier);
    }
    return done;
}

Result<Done> ChangeWriter::operator()(const PruneHistory&) {
    const WallTime log_limit = at_ - retention_.log;
    auto done =
        run("DELETE FROM log WHERE id IN (SELECT id FROM log WHERE at < ? ORDER BY at, id LIMIT ?)",
            log_limit, kPruneBatch);
    if (!done) return done;
    done = run(
        "DELETE FROM sighting WHERE id IN (SELECT id FROM sighting WHERE at < ? ORDER BY at LIMIT "
        "?)",
        log_limit, kPruneBatch);
    if (!done) return done;
    constexpr std::string_view kPruneOutbox =
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = ? AND settled < ?"
        " ORDER BY settled, id LIMIT ?)";
    done = run(kPruneOutbox, "delivered", at_ - retention_.delivered, kPruneBatch);
    if (!done) return done;
    return run(kPruneOutbox, "dead", log_limit, kPruneBatch);
}

}  // namespace understudy::sqlite
