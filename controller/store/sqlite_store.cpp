#include "controller/store/sqlite_store.h"

#include <algorithm>
#include <type_traits>

#include "controller/store/last_id.h"
#include "controller/store/sqlite_changes.h"
#include "controller/store/sqlite_history.h"
#include "controller/store/sqlite_rows.h"

namespace understudy {
namespace {

using sqlite::Database;
using sqlite::Row;

template <typename Read>
auto read_all(Database& database, std::string_view sql, Read read)
    -> Result<std::vector<std::invoke_result_t<Read, Row&>>> {
    auto statement = database.prepare(sql);
    if (!statement) return statement.error();
    return sqlite::read_all(database, **statement, read);
}

struct Member {
    PoolId pool;
    ServerId server;
};

Member read_member(Row& row) {
    Member member;
    member.pool = row.id<PoolId>();
    member.server = row.id<ServerId>();
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

Result<std::int64_t> read_last_id(Database& database) {
    auto found =
        read_all(database, "SELECT last_id FROM meta", [](Row& row) { return row.integer(); });
    if (!found) return found.error();
    if (found->empty()) return database.corrupt("table meta is empty");
    return found->front();
}

Result<Done> write_last_id(Database& database, std::int64_t highest) {
    auto statement = database.prepare("UPDATE meta SET last_id = max(last_id, ?)");
    if (!statement) return statement.error();
    return database.run((*statement)->bind(highest));
}

AdminToken read_admin_token(Row& row) {
    AdminToken token;
    token.name = row.text();
    token.hash = row.text();
    token.prefix = row.text();
    token.created = row.time();
    return token;
}

// Moves the answer into its place, or hands the error on.
template <typename T>
std::optional<Error> take(Result<T> answer, T& place) {
    if (!answer) return answer.error();
    place = std::move(*answer);
    return std::nullopt;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                       const Retention& retention) {
    auto resolved = resolve_store_path(path);
    if (!resolved) return resolved.error();
    auto lock = StoreLock::take(*resolved);
    if (!lock) return lock.error();
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
    auto named = (*database)->prepare("UPDATE meta SET instance = ?");
    if (!named) return named.error();
    if (auto done = (*database)->run((*named)->bind(instance)); !done) return done.error();
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
    std::vector<Member> members;
    std::vector<Controls> controls;
    std::optional<Error> problem;
    if ((problem =
             take(read_all(database, sqlite::select_all<Server>(), sqlite::read_thing<Server>),
                  saved.servers)) ||
        (problem = take(read_all(database, sqlite::select_all<Pool>(), sqlite::read_thing<Pool>),
                        saved.pools)) ||
        (problem = take(read_all(database, sqlite::kSelectMembers, read_member), members)) ||
        (problem =
             take(read_all(database, sqlite::select_all<Domain>(), sqlite::read_thing<Domain>),
                  saved.domains)) ||
        (problem = take(read_all(database, sqlite::select_all<ProviderAccount>(),
                                 sqlite::read_thing<ProviderAccount>),
                        saved.providers)) ||
        (problem =
             take(read_all(database, sqlite::select_all<Channel>(), sqlite::read_thing<Channel>),
                  saved.channels)) ||
        (problem =
             take(read_all(database, sqlite::select_all<Controls>(), sqlite::read_thing<Controls>),
                  controls)) ||
        (problem = take(read_last_id(database), saved.last_id))) {
        return *problem;
    }
    if (controls.empty()) return database.corrupt("table controls is empty");
    saved.controls = std::move(controls.front());
    put_members(saved.pools, members);
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
    if (auto done = write_last_id(*database_, highest_id(changes)); !done) return done.error();
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
    if (auto problem = take(sqlite::read_behind(*database_, most), work.records)) return *problem;
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
    auto found =
        read_all(*database_, "SELECT instance FROM meta", [](Row& row) { return row.text(); });
    if (!found) return found.error();
    if (found->empty()) return database_->corrupt("table meta is empty");
    return found->front();
}

Result<std::vector<AdminToken>> SqliteStore::admin_tokens() {
    return read_all(*database_, "SELECT name, hash, prefix, created FROM admin_token ORDER BY name",
                    read_admin_token);
}

Result<Done> SqliteStore::save_admin_token(const AdminToken& token) {
    if (auto named = check(); !named) return named.error();
    auto statement = database_->prepare(
        "INSERT INTO admin_token (name, hash, prefix, created) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (name) DO UPDATE SET hash = ?2, prefix = ?3, created = ?4");
    if (!statement) return statement.error();
    return database_->run(
        (*statement)->bind(token.name).bind(token.hash).bind(token.prefix).bind(token.created));
}

}  // namespace understudy
