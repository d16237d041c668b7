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
    return run("INSERT INTO sighting (id, at, server, sight) VALUES (?, ?, ?, ?)", change.id, at_,
               change.server, to_text(change.sight));
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
Result<Done> ChangeWriter::operator()(const NotificationRetried& change) {
    return run(
        "UPDATE outbox SET attempts = 0, next_try = ?2, settled = NULL,"
        " turn = iif(state = 'pending', turn, coalesce((SELECT min(o.turn) FROM outbox AS o"
        " WHERE o.channel = outbox.channel AND o.state = 'pending' AND o.served = ''), 0)),"
        " state = 'pending' WHERE id = ?1 AND state <> 'delivered'",
        change.id, at_);
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
