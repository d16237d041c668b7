// ReadinessBook: of each server, what the newest sweep found: whether it could take over each
// domain of its pools now (rule 14). Volatile: after a start nothing is known. What stands counts
// until a sweep says otherwise: one that found nothing out takes nothing back. Used by the engine
// only; readiness.h judges by it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/undo_log.h"
#include "controller/core/input.h"

namespace understudy {

// What a person is shown of a member.
struct ReadinessView {
    std::optional<bool> ready;  // none: not known
    std::string sentence;
    std::vector<UnreadyDomain> unready;  // the first of those that are named
};

class ReadinessBook {
  public:
    struct Found {
        std::vector<PoolReadiness> pools;    // by id: looked up at every evaluation
        std::string doubt;                   // why the newest sweep says nothing; empty: it does
        std::map<PoolId, std::size_t> told;  // how many domains people know of
    };

    explicit ReadinessBook(UndoLog& log) : book_(log) {}

    Found& edit(ServerId server) { return book_[server]; }
    void forget(ServerId server) { book_.erase(server); }
    // It has another address: there it is proven for nothing, and no better than it was.
    void moved(ServerId server) {
        Found* found = book_.edit(server);
        if (found == nullptr) return;
        for (PoolReadiness& each : found->pools)
            if (each.unready == 0) each.asked = 0;
    }

    // Null: no sweep has ended yet.
    const Found* of(ServerId server) const { return book_.find(server); }
    const PoolReadiness* of(ServerId server, PoolId pool) const {
        const Found* found = of(server);
        if (found == nullptr) return nullptr;
        const auto at = std::ranges::lower_bound(found->pools, pool, {}, &PoolReadiness::pool);
        return at == found->pools.end() || at->pool != pool ? nullptr : &*at;
    }

  private:
    UndoMap<std::unordered_map<ServerId, Found>> book_;
};

}  // namespace understudy
