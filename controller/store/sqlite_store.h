// SqliteStore: the one Store, in an SQLite file (WAL, synchronous=FULL). Loop thread only; every
// call blocks for as long as the disk needs: a fraction of a millisecond for a small commit, about
// a second to load 100,000 domains.
//
// The file is held by one process at a time. A commit that returned is on the disk; one that
// failed has left nothing behind, and the store can be used again when the cause is gone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controller/store/sqlite_archive.h"
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
    // Without a file, for tests and the simulation: what was committed stays as long as the object,
    // so a "restart" is another load().
    static Result<std::unique_ptr<SqliteStore>> in_memory(const std::string& instance = "memory",
                                                          const Retention& retention = {});

    // The past over a connection of its own, for another thread. Only of a file; the store
    // outlives it.
    Result<std::unique_ptr<Archive>> open_archive() const;
    // The same over the store's connection, on its thread, between commits.
    Archive& archive() { return archive_; }

    Result<Snapshot> load() override;
    // Transient as well when one of the store's files was removed or replaced.
    Result<Committed> commit(std::span<const Change> changes, WallTime at) override;
    Result<Done> check() override;
    Result<DueWork> due(int limit) override;
    Result<OutboxCounts> count_outbox() override;
    Result<std::string> instance() override;

  private:
    // What a store in a file has beside it.
    struct File {
        std::string path;
        StoreLock lock;
        StoreFiles all;
    };
    SqliteStore(std::optional<File> file, std::unique_ptr<sqlite::Database> database,
                Retention retention)
        : file_(std::move(file)),
          database_(std::move(database)),
          archive_(*database_),
          retention_(retention) {}

    std::optional<File> file_;  // its lock is let go last
    std::unique_ptr<sqlite::Database> database_;
    SqliteArchive archive_;
    Retention retention_;
};

}  // namespace understudy
