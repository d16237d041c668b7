// Witnesses (rule 9): addresses outside that must answer before a lost link is believed. Remembers
// what the last one answered, and which pools wait for it.
#pragma once

#include <set>
#include <utility>

#include "base/clock.h"
#include "base/ids.h"
#include "controller/core/guard_limits.h"

namespace understudy {

class Witnesses {
  public:
    explicit Witnesses(const GuardLimits& limits)
        : configured_(limits.witnesses), retry_(limits.witness_retry) {}

    bool configured() const { return configured_; }
    Duration retry() const { return retry_; }

    // A loss since then is believed once somebody outside answered what was asked after it was
    // seen.
    bool vouch_since(Instant loss) const {
        return !configured_ || (ever_answered_ && asked_at_ >= loss);
    }
    // One answered what was asked then.
    void answered(Instant asked) {
        asked_at_ = asked;
        ever_answered_ = true;
    }

    void wait(PoolId pool) { waiting_.insert(pool); }
    void waits_no_more(PoolId pool) { waiting_.erase(pool); }
    bool awaited() const { return !waiting_.empty(); }
    std::set<PoolId> take_waiting() { return std::exchange(waiting_, {}); }

  private:
    bool configured_;
    Duration retry_;
    bool ever_answered_ = false;
    Instant asked_at_{};
    std::set<PoolId> waiting_;
};

}  // namespace understudy
