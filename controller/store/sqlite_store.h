// SqliteStore: the Store in one SQLite file (WAL, synchronous=FULL). Loop thread only; every call
// blocks for as long as the disk needs: a fraction of a millisecond for a small commit, about a
// second to load 100,000 domains.
//
// The file is held by one process at a time. A commit that returned is on the disk; one that
// failed has left nothing behind, and the store can be used again when the cause is gone.
#pragma once

#include <memory>
#include <string>

#include "controller/store/store.h"
#include "controller/store/store_file.h"

namespace understudy {

class SqliteStore final : public Store {
  public:
    // Makes the file when it is missing (its folder must exist) and migrates an older schema.
    // Errors name the file and the remedy: Conflict (in use), Rejected (cannot be opened, newer
    // schema, not ours), Corrupt.
    static Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                     const Retention& retention = {});

    Result<Snapshot> load() override;
    // Transient as well when one of the store's files was removed or replaced.
    Result<Done> commit(std::span<const Change> changes, WallTime at) override;
    Result<Done> check() override;
    Result<DueWork> due(int limit) override;
    Result<std::vector<HistoryRow>> history(const HistoryQuery& query) override;
    Result<std::vector<SightingRow>> sightings(const SightingQuery& query) override;
    Result<std::vector<NotificationRow>> outbox(const OutboxQuery& query) override;
    Result<OutboxCounts> count_outbox() override;
    Result<std::string> instance() override;
    Result<std::vector<AdminToken>> admin_tokens() override;
    Result<Done> save_admin_token(const AdminToken& token) override;

  private:
    SqliteStore(StoreLock lock, std::unique_ptr<sqlite::Database> database, StoreFiles files,
                Retention retention)
        : lock_(std::move(lock)),
          database_(std::move(database)),
          files_(std::move(files)),
          retention_(retention) {}

    StoreLock lock_;  // let go last
    std::unique_ptr<sqlite::Database> database_;
    StoreFiles files_;
    Retention retention_;
};

}  // namespace understudy
