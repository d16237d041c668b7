// MemoryStore: the Store without a disk, for tests and the simulation. What was committed stays as
// long as the object, so a "restart" is another load(). Behaves like SqliteStore, names taken and
// references missing included; one thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "controller/store/memory_tables.h"
#include "controller/store/store.h"

namespace understudy {

class MemoryStore final : public Store {
  public:
    explicit MemoryStore(std::string instance = "memory", const Retention& retention = {})
        : instance_(std::move(instance)), retention_(retention) {}

    // The next commit fails with `error` once it has applied `after_changes` of its changes (or at
    // its end, when it has fewer); nothing of it stays. A check before it fails in its place.
    void fail_next_commit(Error error, std::size_t after_changes = 0);

    Result<Snapshot> load() override;
    Result<Done> commit(std::span<const Change> changes, WallTime at) override;
    Result<Done> check() override;
    Result<DueWork> due(int limit) override;
    Result<std::vector<HistoryRow>> history(const HistoryQuery& query) override;
    Result<std::vector<SightingRow>> sightings(const SightingQuery& query) override;
    Result<std::vector<NotificationRow>> outbox(const OutboxQuery& query) override;
    Result<OutboxCounts> count_outbox() override;
    Result<std::string> instance() override { return instance_; }
    Result<std::vector<AdminToken>> admin_tokens() override;
    Result<Done> save_admin_token(const AdminToken& token) override;

  private:
    struct Fault {
        Error error;
        std::size_t after_changes = 0;
    };

    std::string instance_;
    Retention retention_;
    std::optional<Fault> fault_;
    MemoryTables tables_;
    std::map<std::string, AdminToken> admin_tokens_;
};

}  // namespace understudy
