// Prober: carries out what the controller asks to know of other servers' services, within what
// willing.h allows, and answers each probe once. No threads: attempts wait in the Reactor. Used by
// agent.cpp; time is handed in.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/reactor.h"
#include "agent/siblings/attempt.h"
#include "agent/siblings/willing.h"
#include "base/clock.h"
#include "base/token_bucket.h"
#include "schema/wire.h"

namespace understudy {

class Prober {
  public:
    using MakeAttempt = std::function<std::unique_ptr<Attempt>(const wire::Probe&, TlsClient&)>;

    explicit Prober(Reactor& reactor, MakeAttempt make = make_attempt);

    // Counts for probes that are asked for from now on.
    void configure(ProbeSettings settings) { settings_ = std::move(settings); }

    void ask(const wire::Probe& probe, Instant now);
    // Takes what was found, ends attempts that took too long, begins those that are due. Call it
    // after every Reactor::dispatch() and no later than next_deadline().
    void advance(Instant now);
    Instant next_deadline() const;
    std::vector<wire::Probed> take_answers();
    // Whoever asked is gone.
    void give_up();

  private:
    struct Try {
        Instant begun{};
        std::unique_ptr<Attempt> attempt;
        std::shared_ptr<std::optional<Finding>> finding;  // where it reports
    };
    struct Job {
        wire::Probe probe;
        std::list<Try> tries;
        int begun = 0;
        int failed = 0;
        Instant next_try{};
        bool answered = false;
    };

    std::string too_busy_for(const wire::Probe& probe, Instant now);
    void begin(Job& job, Instant now);
    void look_at(Job& job, Instant now);
    void take(Job& job, const Try& one, const Finding& finding, Instant now);
    void answer(const wire::Probe& probe, wire::ProbeVerdict verdict, const std::string& found,
                Duration took);

    Reactor& reactor_;
    MakeAttempt make_;
    ProbeSettings settings_;
    TlsClient tls_;  // before jobs_: attempts go first
    std::list<Job> jobs_;
    std::vector<wire::Probed> answers_;
    TokenBucket rate_{kProbeRate, {}};
    // By address: until when it has been asked for, at one probe an interval.
    std::unordered_map<std::string, Instant> targets_;
};

}  // namespace understudy
