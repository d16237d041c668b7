// SqliteArchive: the Archive in the store's SQLite file. One thread, but for interrupt(), resume()
// and interrupted().
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "controller/store/archive.h"
#include "controller/store/sqlite_database.h"

namespace understudy {

class SqliteArchive final : public Archive {
  public:
    // A connection of its own, which cannot write. The store is open.
    static Result<std::unique_ptr<SqliteArchive>> open(const std::string& path);
    // Over the store's own connection, on its thread; for a store without a file.
    explicit SqliteArchive(sqlite::Database& of_store) : database_(of_store) {}

    Result<Done> begin() override;
    void end() override;
    Result<std::vector<HistoryRow>> history(const HistoryQuery& query) override;
    Result<std::vector<SightingRow>> sightings(const SightingQuery& query) override;
    Result<std::vector<NotificationRow>> outbox(const OutboxQuery& query) override;
    Result<std::vector<Drill>> drills(const DrillQuery& query) override;
    Result<DrillCounts> count_drills(const std::optional<std::vector<PoolId>>& among) override;
    Result<Backup> make_backup() override;
    Result<BackupPiece> read_backup(const std::string& id, std::int64_t offset) override;
    Result<Done> remove_backup(const std::string& id) override;
    void interrupt() override { interrupted_ = true; }
    void resume() override { interrupted_ = false; }
    bool interrupted() const override { return interrupted_; }

  private:
    explicit SqliteArchive(std::unique_ptr<sqlite::Database> own)
        : own_(std::move(own)), database_(*own_) {}

    std::atomic<bool> interrupted_{false};
    std::unique_ptr<sqlite::Database> own_;
    sqlite::Database& database_;
};

}  // namespace understudy
