#include "controller/store/sqlite_changes.h"

#include <algorithm>

#include "controller/store/sqlite_history.h"
#include "schema/notice.h"

namespace understudy::sqlite {

Result<Done> ChangeWriter::operator()(const DeleteChannel& change) {
    auto done =
        database_.run("DELETE FROM outbox WHERE channel = ? AND state <> 'delivered'", change.id);
    if (!done) return done;
    return erase("channel", change.id);
}

Result<Done> ChangeWriter::operator()(const AppendLog& change) {
    const LogLine& line = change.line;
    return database_.run(
        "INSERT INTO log (id, at, type, server, pool, domain, incident, from_content, to_content,"
        " reason, detail, evidence, who, server_name, pool_name, domain_name, audit)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        line.id, at_, line.type, line.server, line.pool, line.domain, line.incident, line.from,
        line.to, line.reason, line.detail, line.evidence, line.who, line.server_name,
        line.pool_name, line.domain_name, line.audit);
}

Result<Done> ChangeWriter::operator()(const AppendSighting& change) {
    return database_.run(
        "INSERT INTO sighting (id, at, server, sight, observer, service) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        change.id, at_, change.server, to_text(change.sight), change.observer.by,
        change.observer.service);
}

Result<Done> ChangeWriter::operator()(const Enqueue& change) {
    Notice notice = change.notice;
    notice.at = at_;
    const auto turns = read_turns(database_, change.channel, notice);
    if (!turns) return turns.error();
    if (notice.type == NoticeType::StillBroken) {
        // The new one says what still is; those that were never sent say nothing more.
        auto done = database_.run(
            "DELETE FROM outbox INDEXED BY outbox_pending WHERE channel = ? AND type = ?"
            " AND state = 'pending' AND attempts = 0",
            change.channel, to_text(notice.type));
        if (!done) return done;
    }
    return database_.run(
        "INSERT INTO outbox (id, channel, type, payload, state, attempts, created, next_try,"
        " last_error, subject, incident, turn)"
        " VALUES (?1, ?2, ?3, ?4, 'pending', 0, ?5, ?5, '', ?6, ?7, ?8)",
        change.id, change.channel, to_text(notice.type), encode_notice(notice), at_,
        subject_of(notice), notice.incident, change.held ? kHeldTurn : next_turn(*turns));
}

// Together: ids tell their order.
Result<Done> ChangeWriter::operator()(const ReleaseHeld& change) {
    return database_.run(
        "UPDATE outbox INDEXED BY outbox_pending SET turn = coalesce((SELECT max(o.turn) + 1"
        " FROM outbox AS o INDEXED BY outbox_pending WHERE o.channel = ?1"
        " AND o.state = 'pending' AND o.turn < ?2), 0)"
        " WHERE channel = ?1 AND state = 'pending' AND turn >= ?2",
        change.id, kHeldTurn);
}

// An answer may come after its row has gone with the channel, or after a person's retry: then there
// is nothing to change.
Result<Done> ChangeWriter::operator()(const NotificationDelivered& change) {
    return database_.run(
        "UPDATE outbox SET state = 'delivered', attempts = attempts + 1, last_error = ?3,"
        " settled = ?2 WHERE id = ?1 AND state <> 'delivered'",
        change.id, at_, change.note);
}

Result<Done> ChangeWriter::operator()(const NotificationDeferred& change) {
    return database_.run(
        "UPDATE outbox SET attempts = ?2, next_try = ?3, last_error = ?4,"
        " served = iif(?5 = '', served, ?5) WHERE id = ?1 AND state = 'pending'",
        change.id, change.attempts, change.next_try, change.error, change.served);
}

Result<Done> ChangeWriter::operator()(const NotificationDead& change) {
    return database_.run(
        "UPDATE outbox SET state = 'dead', attempts = ?2, last_error = ?3, settled = ?4"
        " WHERE id = ?1 AND state = 'pending'",
        change.id, change.attempts, change.error, at_);
}

// With a fresh count of attempts: otherwise the first failure would make it dead again. It is
// served before all that waits, and in quiet hours too.
Result<Done> ChangeWriter::put_back(const std::string& which, std::int64_t id,
                                    RetryOutcome& outcome) {
    auto done = database_.run(
        "UPDATE outbox SET attempts = 0, next_try = ?2, settled = NULL,"
        " turn = iif(state = 'pending' AND turn < ?3, turn, coalesce((SELECT min(o.turn)"
        " FROM outbox AS o WHERE o.channel = outbox.channel AND o.state = 'pending'"
        " AND o.turn < ?3 AND o.served = ''), 0)), state = 'pending' WHERE " +
            which,
        id, at_, kHeldTurn);
    if (done) outcome.retried += static_cast<std::size_t>(database_.changed_rows());
    return done;
}

// What its channel sends before it, however often it is put back. One that some receivers have
// taken holds up nothing.
Result<std::optional<RetryOutcome::Ahead>> ChangeWriter::ahead_of(NotificationId id,
                                                                  ChannelId channel) {
    const auto read = [](Row& row) {
        const auto first = row.id<NotificationId>();
        return RetryOutcome::Ahead{first, row.time()};
    };
    auto ahead = read_first(database_,
                            "SELECT id, next_try FROM outbox INDEXED BY outbox_pending"
                            " WHERE channel = ? AND state = 'pending' AND turn < ? AND served = ''"
                            " ORDER BY turn, id LIMIT 1",
                            read, channel, kHeldTurn);
    if (ahead && *ahead && (*ahead)->id == id) ahead->reset();
    return ahead;
}

Result<Done> ChangeWriter::operator()(const NotificationRetried& change) {
    using enum RetryOutcome::Verdict;
    const auto read = [](Row& row) {
        RetryOutcome outcome;
        outcome.channel = row.id<ChannelId>();
        const auto state = row.parsed(from_text<NotificationState>);
        const bool disabled = row.flag();
        outcome.verdict = state == NotificationState::Delivered ? Delivered
                          : disabled                            ? Disabled
                                                                : PutBack;
        return outcome;
    };
    const auto found =
        read_first(database_,
                   "SELECT o.channel, o.state, coalesce(c.disabled, 0) FROM outbox AS o"
                   " LEFT JOIN channel AS c ON c.id = o.channel WHERE o.id = ?",
                   read, change.id);
    if (!found) return found.error();
    RetryOutcome outcome = found->value_or(RetryOutcome{Missing, {}, 0, {}});
    if (change.among && std::ranges::find(*change.among, outcome.channel) == change.among->end())
        outcome = {Missing, {}, 0, {}};
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
    const auto disabled = read_first(
        database_, "SELECT disabled FROM channel WHERE id = ?", [](Row& row) { return row.flag(); },
        change.id);
    if (!disabled) return disabled.error();
    RetryOutcome outcome{Missing, change.id, 0, {}};
    if (*disabled) outcome.verdict = **disabled ? Disabled : PutBack;
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
    auto done = database_.run("UPDATE outbox SET payload = ?2 WHERE id = ?1 AND state = 'pending'",
                              change.id, change.payload);
    for (const NotificationId earlier : change.earlier) {
        if (!done) return done;
        done = database_.run("DELETE FROM outbox WHERE id = ?1 AND state = 'pending'", earlier);
    }
    return done;
}

Result<Done> ChangeWriter::operator()(const PruneHistory&) {
    const WallTime log_limit = at_ - retention_.log;
    auto done = database_.run(
        "DELETE FROM log WHERE id IN (SELECT id FROM log WHERE at < ? ORDER BY at, id LIMIT ?)",
        log_limit, kPruneBatch);
    if (!done) return done;
    done = database_.run(
        "DELETE FROM sighting WHERE id IN (SELECT id FROM sighting WHERE at < ? ORDER BY at LIMIT "
        "?)",
        log_limit, kPruneBatch);
    if (!done) return done;
    done = database_.run(
        "DELETE FROM drill WHERE id IN (SELECT id FROM drill WHERE phase = 'ended' AND ended < ?"
        " ORDER BY id LIMIT ?)",
        log_limit, kPruneBatch);
    if (!done) return done;
    constexpr std::string_view kPruneOutbox =
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = ? AND settled < ?"
        " ORDER BY settled, id LIMIT ?)";
    done = database_.run(kPruneOutbox, "delivered", at_ - retention_.delivered, kPruneBatch);
    if (!done) return done;
    return database_.run(kPruneOutbox, "dead", log_limit, kPruneBatch);
}

}  // namespace understudy::sqlite
