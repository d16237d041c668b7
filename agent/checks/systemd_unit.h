// The check "systemd_unit": `systemctl is-active` says so. It asks through the program rather than
// over D-Bus because that needs no library, and a hung systemd then hangs a child instead of the
// agent. See check.h.
#pragma once

#include "agent/checks/check.h"
#include "agent/checks/child_process.h"

namespace understudy {

inline constexpr char kSystemctl[] = "/usr/bin/systemctl";

class SystemdUnitProbe : public Probe {
  public:
    // program: another one than systemctl, for tests.
    SystemdUnitProbe(SystemdUnitCheck settings, ChildReaper& reaper,
                     std::string program = kSystemctl)
        : settings_(std::move(settings)), program_(std::move(program)), child_(reaper) {}
    void start(Reactor& reactor, Report report) override;

  private:
    SystemdUnitCheck settings_;
    std::string program_;
    ChildProcess child_;
};

}  // namespace understudy
