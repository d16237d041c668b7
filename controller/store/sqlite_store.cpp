#include "controller/store/sqlite_store.h"

#include <algorithm>
#include <type_traits>

#include "controller/store/column_codec.h"
#include "controller/store/last_id.h"
#include "controller/store/sqlite_backup.h"
#include "controller/store/sqlite_changes.h"
#include "controller/store/sqlite_history.h"
#include "controller/store/sqlite_rows.h"

namespace understudy {
namespace {

using sqlite::Database;
using sqlite::read_all;
using sqlite::Row;
using sqlite::Rows;

struct Member {
    PoolId pool;
    ServerId server;
};

Member read_member(Row& row) {
    Member member;
    sqlite::read_columns(row, member.pool, member.server);
    return member;
}

// Both lists are in the order of the pools' ids.
void put_members(std::vector<Pool>& pools, const std::vector<Member>& members) {
    auto pool = pools.begin();
    for (const Member& member : members) {
        while (pool != pools.end() && pool->id != member.pool)
            ++pool;
        if (pool == pools.end()) return;
        pool->members.push_back(member.server);
    }
}

// One whose pool is gone has ended with it.
void put_drills(std::vector<Pool>& pools, std::vector<Drill> drills) {
    for (Drill& drill : drills) {
        const auto pool = std::ranges::lower_bound(pools, drill.pool, {}, &Pool::id);
        if (pool != pools.end() && pool->id == drill.pool) pool->drill = std::move(drill);
    }
}

// What there is one of.
template <typename Read>
auto read_only(Database& database, const std::string& table, std::string_view sql, Read read)
    -> Result<std::invoke_result_t<Read, Row&>> {
    auto found = sqlite::read_first(database, sql, read);
    if (!found) return found.error();
    if (!*found) return database.corrupt("table " + table + " is empty");
    return **std::move(found);
}

// All rows of a table.
template <typename Thing>
std::optional<Error> take_all(Database& database, std::vector<Thing>& place) {
    auto rows = read_all(database, Rows<Thing>::select_all(), Rows<Thing>::read);
    if (!rows) return rows.error();
    place = std::move(*rows);
    return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                       const Retention& retention) {
    auto resolved = resolve_store_path(path);
    if (!resolved) return resolved.error();
    auto lock = StoreLock::take(*resolved);
    if (!lock) return lock.error();
    sqlite::remove_backups(*resolved);
    auto database = open_store_file(*resolved);
    if (!database) return database.error();
    File file{*resolved, std::move(*lock), StoreFiles{*resolved}};
    return std::unique_ptr<SqliteStore>{
        new SqliteStore{std::move(file), std::move(*database), retention}};
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::in_memory(const std::string& instance,
                                                            const Retention& retention) {
    auto database = make_store_in_memory();
    if (!database) return database.error();
    auto named = (*database)->run("UPDATE meta SET instance = ?", instance);
    if (!named) return named.error();
    return std::unique_ptr<SqliteStore>{
        new SqliteStore{std::nullopt, std::move(*database), retention}};
}

Result<std::unique_ptr<Archive>> SqliteStore::open_archive() const {
    ensure(file_.has_value());
    auto opened = SqliteArchive::open(file_->path);
    if (!opened) return opened.error();
    return std::unique_ptr<Archive>{std::move(*opened)};
}

Result<Snapshot> SqliteStore::load() {
    Database& database = *database_;
    Snapshot saved;
    std::optional<Error> problem;
    if ((problem = take_all(database, saved.servers)) ||
        (problem = take_all(database, saved.pools)) ||
        (problem = take_all(database, saved.domains)) ||
        (problem = take_all(database, saved.providers)) ||
        (problem = take_all(database, saved.channels)) ||
        (problem = take_all(database, saved.tokens)) ||
        (problem = take_all(database, saved.incidents))) {
        return *problem;
    }
    const auto members = read_all(database, sqlite::kSelectMembers, read_member);
    if (!members) return members.error();
    put_members(saved.pools, *members);
    auto drills = sqlite::read_drills_under_way(database);
    if (!drills) return drills.error();
    put_drills(saved.pools, *std::move(drills));
    auto controls =
        read_only(database, "controls", Rows<Controls>::select_all(), Rows<Controls>::read);
    if (!controls) return controls.error();
    saved.controls = *std::move(controls);
    const auto last_id = read_only(database, "meta", "SELECT last_id FROM meta",
                                   [](Row& row) { return row.integer(); });
    if (!last_id) return last_id.error();
    saved.last_id = *last_id;
    return saved;
}

Result<Committed> SqliteStore::commit(std::span<const Change> changes, WallTime at) {
    Committed committed;
    if (changes.empty()) return committed;
    if (auto named = check(); !named) return named.error();
    sqlite::Transaction transaction{*database_};
    if (auto begun = transaction.begin(); !begun) return begun.error();
    sqlite::ChangeWriter writer{*database_, at, retention_, committed};
    for (const Change& change : changes) {
        if (auto done = std::visit(writer, change); !done) return done.error();
    }
    if (auto done =
            database_->run("UPDATE meta SET last_id = max(last_id, ?)", highest_id(changes));
        !done) {
        return done.error();
    }
    if (auto done = transaction.commit(); !done) return done.error();
    return committed;
}

Result<Done> SqliteStore::check() {
    if (!file_) return Done{};
    if (const auto missing = file_->all.missing()) return *missing;
    return Done{};
}

Result<DueWork> SqliteStore::due(int limit) {
    DueWork work;
    const auto most = static_cast<std::size_t>(std::max(limit, 0));
    auto records = sqlite::read_behind(*database_, most);
    if (!records) return records.error();
    work.records = *std::move(records);
    auto heads = sqlite::read_heads(*database_);
    if (!heads) return heads.error();
    auto partly = sqlite::read_partly_served(*database_);
    if (!partly) return partly.error();
    for (NotificationRow& head : *heads) {
        auto followers = sqlite::read_followers(*database_, head);
        if (!followers) return followers.error();
        work.notifications.push_back({std::move(head), std::move(*followers)});
    }
    for (NotificationRow& row : *partly)
        work.notifications.push_back({std::move(row), {}});
    if (work.notifications.size() > most) work.notifications.resize(most);
    return work;
}

Result<OutboxCounts> SqliteStore::count_outbox() {
    return sqlite::count_outbox(*database_);
}

Result<std::string> SqliteStore::instance() {
    return read_only(*database_, "meta", "SELECT instance FROM meta",
                     [](Row& row) { return row.text(); });
}

}  // namespace understudy
