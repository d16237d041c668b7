#include "controller/store/sqlite_archive.h"

#include <tuple>

#include "controller/store/sqlite_backup.h"
#include "controller/store/sqlite_history.h"

namespace understudy {

Result<std::unique_ptr<SqliteArchive>> SqliteArchive::open(const std::string& path) {
    auto database = sqlite::Database::open_to_read(path);
    if (!database) return database.error();
    std::unique_ptr<SqliteArchive> archive{new SqliteArchive{std::move(*database)}};
    archive->database_.stop_when(archive->interrupted_);
    return archive;
}

Result<Done> SqliteArchive::begin() {
    return database_.execute("BEGIN");
}

void SqliteArchive::end() {
    // Nothing was written; a COMMIT could be refused.
    if (database_.in_transaction()) std::ignore = database_.execute("ROLLBACK");
}

Result<std::vector<HistoryRow>> SqliteArchive::history(const HistoryQuery& query) {
    return sqlite::read_history(database_, query);
}

Result<std::vector<SightingRow>> SqliteArchive::sightings(const SightingQuery& query) {
    return sqlite::read_sightings(database_, query);
}

Result<std::vector<NotificationRow>> SqliteArchive::outbox(const OutboxQuery& query) {
    return sqlite::read_outbox(database_, query);
}

Result<std::vector<Drill>> SqliteArchive::drills(const DrillQuery& query) {
    return sqlite::read_drills(database_, query);
}

Result<DrillCounts> SqliteArchive::count_drills(const std::optional<std::vector<PoolId>>& among) {
    return sqlite::count_drills(database_, among);
}

Result<Backup> SqliteArchive::make_backup() {
    return sqlite::make_backup(database_, database_.path());
}

Result<BackupPiece> SqliteArchive::read_backup(const std::string& id, std::int64_t offset) {
    return sqlite::read_backup(database_.path(), id, offset);
}

Result<Done> SqliteArchive::remove_backup(const std::string& id) {
    return sqlite::remove_backup(database_.path(), id);
}

}  // namespace understudy
