// Why this agent is being stopped: with the machine, or alone (an update, a restart). The
// controller waits for an agent that restarts and acts at once on a machine that goes down.
//
// Asked of `systemctl is-system-running`, which says "stopping" from the moment systemd has queued
// shutdown.target, before it stops any service. The alternatives tell less: /run/nologin and
// /run/systemd/shutdown/scheduled appear minutes before a shutdown that may be called off, the
// runlevel record is written only after services have stopped. Without systemd, or without an
// answer in time, the reason is a restart: the controller then merely waits as for any lost agent.
#pragma once

#include <optional>
#include <string>

#include "agent/checks/child_process.h"
#include "agent/reactor.h"
#include "base/clock.h"
#include "schema/wire.h"

namespace understudy {

class StopReason {
  public:
    // program: another one than systemctl, for tests.
    StopReason(Reactor& reactor, std::string program);

    void ask(Instant now);
    bool asked() const { return deadline_ != kNever; }
    // The reason, once it is known or `kLimit` has passed.
    std::optional<wire::GoodbyeReason> answer(Instant now);
    Instant deadline() const { return answer_ ? kNever : deadline_; }

    static constexpr Duration kLimit{1'000};

  private:
    Reactor& reactor_;
    std::string program_;
    ChildReaper reaper_;
    ChildProcess child_{reaper_};
    Instant deadline_ = kNever;
    std::optional<wire::GoodbyeReason> answer_;
};

}  // namespace understudy
