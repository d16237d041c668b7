// Guard: doubt about ourselves before doubt about the world. While it holds, no target changes.
//
// Warm-up (rule 8): after a start a pool waits until every member has been seen, or until the
// warm-up is over. Stall (rule 9): when the controller itself was asleep, silence of others proves
// nothing for a while.
#pragma once

#include <algorithm>
#include <string>

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

    // Until when a pool must not change its target; a time in the past: it may.
    Instant holds_until(bool every_member_seen) const {
        return every_member_seen ? held_until_ : std::max(held_until_, warm_up_ends_);
    }

    // The sentence for people; empty: not held.
    std::string held_because(Instant now) const {
        if (now < held_until_) {
            return "the controller itself was stalled; waiting " + to_text(held_until_ - now) +
                   " for agents to be heard again";
        }
        if (now < warm_up_ends_) {
            return "warming up: pools whose members have not all been seen wait up to " +
                   to_text(warm_up_ends_ - now);
        }
        return {};
    }

  private:
    Instant warm_up_ends_;
    Duration stall_grace_;
    Instant held_until_{};
};

}  // namespace understudy
