// WallClock: what the wall clock says at an Instant, as last told to the engine. For what people
// give as a time of day (overrides that end) and what must be remembered over restarts (recent
// failovers). A step of the clock is noticed with the next TimePassed; nothing else depends on it.
#pragma once

#include "base/clock.h"

namespace understudy {

class WallClock {
  public:
    WallClock(Instant now, WallTime wall) { read(now, wall); }

    void read(Instant now, WallTime wall) {
        offset_ = wall.time_since_epoch() - now.time_since_epoch();
    }
    WallTime at(Instant instant) const { return WallTime{instant.time_since_epoch() + offset_}; }
    Instant when(WallTime wall) const { return Instant{wall.time_since_epoch() - offset_}; }

  private:
    Duration offset_{0};
};

}  // namespace understudy
