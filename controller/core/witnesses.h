// Witnesses (rule 9): addresses outside that must answer before a lost link is believed. Remembers
// when the last one answered, and which pools wait for it.
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

    // A loss since then is believed once somebody outside answered after it.
    bool vouch_since(Instant loss) const {
        return !configured_ || (ever_answered_ && answered_at_ > loss);
    }
    void answered(Instant now) {
        answered_at_ = now;
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
    Instant answered_at_{};
    std::set<PoolId> waiting_;
};

}  // namespace understudy
