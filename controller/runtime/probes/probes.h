// Probes: the controller's own eyes: probes of every member's service, as the policies ask for, and
// sweeps over all domains of each. What they find becomes the engine's inputs. Asked by the turn,
// in every one of them; loop thread only.
#pragma once

#include <vector>

#include "base/mailbox.h"
#include "controller/api/api.h"
#include "controller/runtime/probes/address_proofs.h"
#include "controller/runtime/probes/current_plan.h"
#include "controller/runtime/probes/probe_schedule.h"
#include "controller/runtime/probes/readiness_rounds.h"

namespace understudy {

struct ProbeLimits {
    bool enabled = true;
    int in_flight = 500;
    bool siblings = true;  // agents are asked to probe each other's services
    ReadinessLimits readiness;
};

class Probes {
  public:
    // `answers`: those of `outbound`, which is for probes alone.
    Probes(const CurrentPlan& plan, const Fleet& fleet, Outbound& outbound,
           Mailbox<TransferDone>& answers, Random random, const ProbeLimits& limits);

    std::vector<Input> take_answers(Instant now, WallTime wall);
    // After the commit: takes up a new plan, and begins what is due.
    std::vector<Input> start(Instant now, WallTime wall);
    // What was committed.
    void note(const Change& change);
    // Decision::ask_observers.
    void ask(const std::vector<ServerId>& servers, Instant now);

    // Decision::ask_readiness.
    void sweep(const std::vector<ServerId>& servers, Instant now);
    // Decision::ask_proofs.
    void prove(const std::vector<AskProof>& asked, Instant now);

    Instant next_deadline() const;
    ProbeCounters counters() const { return schedule_.counters(); }
    std::vector<ProbeSchedule::Findings> findings(ServerId server) const {
        return schedule_.findings(server);
    }
    std::vector<FoundOverIpv6> found_over_ipv6(ServerId server) const;

  private:
    const CurrentPlan& plan_;
    Mailbox<TransferDone>& answers_;
    TransferIds ids_;
    ProbeSchedule schedule_;
    ReadinessRounds readiness_;
    AddressProofs proofs_;
    std::uint64_t edition_ = 0;  // of the plan that was taken up
};

}  // namespace understudy
