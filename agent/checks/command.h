// The check "command": a program ends with exit code 0. See check.h.
#pragma once

#include "agent/checks/check.h"
#include "agent/checks/child_process.h"

namespace understudy {

class CommandProbe : public Probe {
  public:
    CommandProbe(CommandCheck settings, ChildReaper& reaper)
        : settings_(std::move(settings)), reaper_(reaper), child_(reaper) {}
    void start(Reactor& reactor, Report report) override;

  private:
    CommandCheck settings_;
    ChildReaper& reaper_;
    ChildProcess child_;
};

}  // namespace understudy
