// Guard: doubt about ourselves before doubt about the world (restraint.h says what it holds).
//
// Warm-up (rule 8): after a start a pool waits until every member has been seen, or until the
// warm-up is over. Stall (rule 9): when the controller itself was asleep, silence of others proves
// nothing for a while.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace understudy {

class Guard {
  public:
    Guard(Instant started, Duration warm_up, Duration stall_grace)
        : warm_up_ends_(started + warm_up), stall_grace_(stall_grace) {}

    Instant warm_up_ends() const { return warm_up_ends_; }

    void stalled(Instant now) { held_until_ = std::max(held_until_, now + stall_grace_); }

    // Alarms wait for the end of a stall's grace too: what seems silent may just not have been read
    // yet.
    Instant stall_ends() const { return held_until_; }

  private:
    Instant warm_up_ends_;
    Duration stall_grace_;
    Instant held_until_{};
};

}  // namespace understudy
