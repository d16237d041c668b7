// When results count: `fall` failures in a row take a check down, `rise` successes in a row bring
// it up. One counter as in HAProxy (src/check.c), so that two counters cannot contradict each
// other: from 0 (down, nothing good seen) to rise + fall - 1 (up, nothing bad seen); up means
// counter >= rise. Pure; used by runner.h.
#pragma once

namespace understudy {

class Hysteresis {
  public:
    Hysteresis(int rise, int fall) : rise_(rise), top_(rise + fall - 1), counter_(top_) {}

    // Takes one result; true when the state changed. The very first result decides alone: a machine
    // that starts broken must not look healthy for `fall` intervals.
    bool add(bool ok);
    bool up() const { return counter_ >= rise_; }
    bool decided() const { return decided_; }  // has seen a result
    // Whether it is in doubt, and one more result may decide: some speak against the state, and
    // these with `open` ones that are not there yet are fewer than it takes. late: so does one that
    // is not there yet, against its being up.
    bool undecided(int open, bool late) const;

  private:
    int rise_;
    int top_;
    int counter_;
    bool decided_ = false;
};

}  // namespace understudy
