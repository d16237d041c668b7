// ReadinessBook: of each server, what the newest sweep found: whether it could take over each domain
// of its pools now (rule 14). Volatile: after a start nothing is known. What stands counts until the
// next sweep says otherwise. Used by the engine only; readiness.h judges by it.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/undo_log.h"
#include "controller/core/input.h"

namespace understudy {

class ReadinessBook {
  public:
    struct Found {
        std::vector<PoolReadiness> pools;
        std::string unknown;  // why nothing is known; empty: it is
        Instant at{};
    };

    explicit ReadinessBook(UndoLog& log) : book_(log) {}

    void put(ServerId server, Found found) { book_.put(server, std::move(found)); }
    void forget(ServerId server) { book_.erase(server); }

    // Null: no sweep has ended yet.
    const Found* of(ServerId server) const { return book_.find(server); }
    const PoolReadiness* of(ServerId server, PoolId pool) const {
        const Found* found = of(server);
        if (found == nullptr) return nullptr;
        const auto at = std::ranges::find(found->pools, pool, &PoolReadiness::pool);
        return at == found->pools.end() ? nullptr : &*at;
    }

  private:
    UndoMap<std::unordered_map<ServerId, Found>> book_;
};

}  // namespace understudy
