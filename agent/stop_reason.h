// Why this agent is being stopped: for good (by a person, or with the machine), or to be started
// again. The controller waits for an agent that restarts, and otherwise tells people at once.
//
// Asked of `systemctl list-jobs`: while systemd stops this unit, its job is "restart" when a start
// follows, and "stop" when none does, a shutdown included. No job: a signal of somebody's, which
// Restart= of the unit answers with a start. While the machine goes down D-Bus may be gone already
// and nothing is answered; then systemd lets nobody log in any more (/run/nologin, which alone says
// too little: it appears minutes before a shutdown that may be called off). Without systemd the
// reason is a restart: the controller then merely waits as for any lost agent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/checks/child_process.h"
#include "agent/reactor.h"
#include "base/clock.h"
#include "schema/wire.h"

namespace understudy {

class StopReason {
  public:
    // program: another one than systemctl, for tests. unit: what systemd calls this process.
    // no_logins: the file that is there while the machine goes down.
    StopReason(Reactor& reactor, std::string program, std::string unit,
               std::string no_logins = "/run/nologin");

    void ask(Instant now);
    bool asked() const { return deadline_ != kNever; }
    // The reason, once it is known or `kLimit` has passed.
    std::optional<wire::GoodbyeReason> answer(Instant now);
    Instant deadline() const;

    static constexpr Duration kLimit{2'000};

  private:
    Reactor& reactor_;
    std::string program_;
    std::string unit_;
    std::string no_logins_;
    ChildReaper reaper_;
    ChildProcess child_{reaper_};
    bool unanswered_ = false;  // D-Bus refused: what else tells may come a moment later
    Instant deadline_ = kNever;
    Instant next_look_{};
    std::optional<wire::GoodbyeReason> answer_;
};

// The unit in the text of /proc/self/cgroup; empty: this is no service of systemd's.
std::string unit_of(std::string_view cgroups);

}  // namespace understudy
