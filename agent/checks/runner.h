// Runs the local checks, each at its own interval and under its own deadline, and tells what they
// say together. No threads: probes wait in the Reactor, so a check that hangs costs nobody time.
// Used by agent.cpp; time is handed in.
//
// As soon as a check is in doubt (a failure, a late answer of who was quick, or a success of what
// is down) a try begins every fast interval until fall or rise has decided, beside earlier ones
// that still wait where the kind allows it: three time-outs decide after one time-out and two fast
// intervals. Who always answers late is only slow. They count in the order in which they were
// begun. Of a kind that may not overlap the fast interval counts from the end of the last try.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/checks/check.h"
#include "agent/checks/child_process.h"
#include "agent/checks/hysteresis.h"
#include "agent/reactor.h"
#include "base/clock.h"
#include "schema/wire.h"

namespace understudy {

class CheckRunner {
  public:
    using MakeProbe = std::function<std::unique_ptr<Probe>(const CheckKind&, ChildReaper&)>;

    explicit CheckRunner(Reactor& reactor, MakeProbe make = make_probe);

    // Takes effect with the next advance(). A check whose settings are the same keeps its state.
    void configure(std::vector<CheckSettings> checks);

    // Takes the outcomes that came, ends what took too long, starts what is due. Call it after
    // every Reactor::dispatch() and no later than next_deadline(). `since` of what fails is stamped
    // with `wall`.
    void advance(Instant now, WallTime wall);
    Instant next_deadline() const;

    wire::Status status() const;
    bool all_decided() const;  // every check has given a result
    // While it is on each result counts alone: a service that starts after the agent, as when the
    // machine boots, fails at first and has not failed. patience(): how long that may take, by the
    // checks' own intervals.
    void set_settling(bool settling) { settling_ = settling; }
    Duration patience() const;

  private:
    struct Try {
        Instant begun{};
        std::unique_ptr<Probe> probe;
        std::shared_ptr<std::optional<Outcome>> outcome;  // where the probe reports
    };
    struct Check {
        CheckSettings settings;
        Hysteresis hysteresis;
        std::optional<Instant> begun{};  // the newest try
        Instant ended{};                 // the last one that counted
        bool quick = false;              // the last good answer came within a fast interval
        std::vector<Try> tries{};        // under way, in the order of their beginnings
        std::string problem{};           // that took it down
        WallTime failing_since{};
    };

    Instant next_start(const Check& check) const;
    void start(Check& check, Instant now);
    void take_outcomes(Check& check, Instant now, WallTime wall);
    void count(Check& check, const Outcome& outcome, WallTime wall);

    Reactor& reactor_;
    MakeProbe make_;
    ChildReaper reaper_;  // before checks_: probes hand their children over when they go
    std::vector<std::unique_ptr<Check>> checks_;
    bool settling_ = false;
};

}  // namespace understudy
