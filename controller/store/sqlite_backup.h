// Backups of the store in use: whole copies of one moment, in files beside it until somebody has
// fetched them. One at a time: a new one takes the place of those before. For SqliteArchive.
#pragma once

#include <string>

#include "controller/store/archive.h"
#include "controller/store/sqlite_database.h"

namespace understudy::sqlite {

// `store`: the path of the file that `database` is of.
Result<Backup> make_backup(Database& database, const std::string& store);
Result<BackupPiece> read_backup(const std::string& store, const std::string& id,
                                std::int64_t offset);
Result<Done> remove_backup(const std::string& store, const std::string& id);
// All of them; what a process left behind.
void remove_backups(const std::string& store);

}  // namespace understudy::sqlite
