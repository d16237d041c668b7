// SIGTERM, SIGINT and SIGHUP as events in the Reactor instead of interruptions: signalfd(2). Make
// it before anything that could start a thread.
#pragma once

#include <functional>

#include "agent/reactor.h"

namespace understudy {

class Signals {
  public:
    Signals(Reactor& reactor, std::function<void(int signal)> arrived);

  private:
    void readable();

    Descriptor descriptor_;
    Reactor::Watch watch_;
    std::function<void(int)> arrived_;
};

}  // namespace understudy
