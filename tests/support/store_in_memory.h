// StoreInMemory: the store of a test or of a simulated controller: SqliteStore without a file, and
// it may be told to fail.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/ensure.h"
#include "controller/store/sqlite_store.h"

namespace understudy::test {

class StoreInMemory final : public Store {
  public:
    explicit StoreInMemory(const std::string& instance = "memory", const Retention& retention = {})
        : store_(made(instance, retention)) {}

    // The next commit fails; nothing of it stays. A check before it fails in its place.
    void fail_next_commit(Error error) { fault_ = std::move(error); }
    Archive& archive() { return store_->archive(); }

    Result<Snapshot> load() override { return store_->load(); }
    Result<Committed> commit(std::span<const Change> changes, WallTime at) override {
        if (auto fault = take_fault(!changes.empty())) return *std::move(fault);
        return store_->commit(changes, at);
    }
    Result<Done> check() override {
        if (auto fault = take_fault(true)) return *std::move(fault);
        return store_->check();
    }
    Result<DueWork> due(int limit) override { return store_->due(limit); }
    Result<OutboxCounts> count_outbox() override { return store_->count_outbox(); }
    Result<std::string> instance() override { return store_->instance(); }

  private:
    static std::unique_ptr<SqliteStore> made(const std::string& instance,
                                             const Retention& retention) {
        auto store = SqliteStore::in_memory(instance, retention);
        ensure(store.ok());
        return std::move(*store);
    }
    std::optional<Error> take_fault(bool asked) {
        return asked ? std::exchange(fault_, std::nullopt) : std::nullopt;
    }

    std::unique_ptr<SqliteStore> store_;
    std::optional<Error> fault_;
};

}  // namespace understudy::test
