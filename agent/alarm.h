// Wakes the Reactor at an Instant: a timerfd on CLOCK_BOOTTIME, because poll() and the timers of
// libwebsockets count on a clock that stands still during a suspend, and would keep waiting for as
// long after it as they had left. timerfd_create(2).
#pragma once

#include "agent/reactor.h"
#include "base/clock.h"

namespace understudy {

class Alarm {
  public:
    explicit Alarm(Reactor& reactor);
    void set(Instant at);  // replaces a former one; kNever: none

  private:
    void clear() const;

    Descriptor timer_;
    Reactor::Watch watch_;
    Instant at_ = kNever;
};

}  // namespace understudy
