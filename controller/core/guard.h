// Guard: doubt about ourselves before doubt about the world (restraint.h says what it holds).
//
// Warm-up (rule 8): after a start a pool waits until every member has been seen, or until the
// warm-up is over: when its deadline has been handled and all that was not seen is counted at once,
// and not a moment before, lest an input in between take the first of many losses for the only one.
// Stall (rule 9): when the controller itself was asleep, silence of others proves
// nothing for a while. Reconnecting (rule 9): when most of the servers of a mass loss are back, the
// rest are on their way, and nothing is held against them before they had the time of a warm-up.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace understudy {

class Guard {
  public:
    Guard(Instant started, Duration warm_up, Duration stall_grace)
        : warm_up_ends_(started + warm_up), warm_up_(warm_up), stall_grace_(stall_grace) {}

    Instant warm_up_due() const { return warm_up_ends_; }
    void end_warm_up() { warm_up_over_ = true; }
    // Not yet come while it was not ended.
    Instant warm_up_ends(Instant now) const {
        return warm_up_over_ ? warm_up_ends_ : std::max(warm_up_ends_, now + Duration{1});
    }

    void stalled(Instant now) { stall_ends_ = std::max(stall_ends_, now + stall_grace_); }
    void wait_for_the_rest(Instant now) { reconnected_ = now + warm_up_; }
    void wait_no_more() { reconnected_ = {}; }
    bool waits_for_the_rest(Instant now) const { return now < reconnected_; }

    Instant stall_ends() const { return stall_ends_; }
    // Alarms wait for the end of both graces too: what seems silent may just not have been read
    // yet.
    Instant grace_ends() const { return std::max(stall_ends_, reconnected_); }

  private:
    Instant warm_up_ends_;
    bool warm_up_over_ = false;
    Duration warm_up_;
    Duration stall_grace_;
    Instant stall_ends_{};
    Instant reconnected_{};
};

}  // namespace understudy
