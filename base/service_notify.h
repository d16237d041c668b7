// Tells systemd how the service does: sd_notify(3) as datagrams to $NOTIFY_SOCKET. Used by the
// mains of controller and agent, on their loop threads; without systemd every call does nothing.
//
// The few lines are written out because libsystemd would cost the agent more memory than all the
// rest of it does, and the protocol is a stable interface.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"

namespace understudy {

class ServiceNotify {
  public:
    // Reads $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID once and removes them from the
    // environment.
    static ServiceNotify from_environment();

    void ready() const { send("READY=1"); }
    void reloading() const;
    void stopping() const { send("STOPPING=1"); }
    void watchdog() const { send("WATCHDOG=1"); }
    void status(std::string_view text) const;  // one line for `systemctl status`

    // How often watchdog() must be called: half of what systemd allows; kNoWatchdog when it does
    // not ask.
    Duration watchdog_interval() const { return watchdog_interval_; }
    static constexpr Duration kNoWatchdog = Duration::max();

  private:
    void send(std::string_view text) const;

    std::string socket_;  // empty: not under systemd
    Duration watchdog_interval_ = kNoWatchdog;
};

}  // namespace understudy
