// Siblings: other servers' agents as eyes. What they find becomes the engine's inputs. Asked by the
// turn, in every one of them; loop thread only.
#pragma once

#include <vector>

#include "controller/core/change.h"
#include "controller/hub/hub.h"
#include "controller/runtime/probes/address_proofs.h"
#include "controller/runtime/probes/current_plan.h"
#include "controller/runtime/probes/sibling_rounds.h"

namespace understudy {

class Siblings {
  public:
    Siblings(const CurrentPlan& plan, const Fleet& fleet, SiblingLinks& links, Random random,
             const SiblingTimings& timings = {})
        : plan_(plan), rounds_(fleet, links, random, timings), proofs_(fleet, links, random) {}

    std::vector<Input> take(const std::vector<ProbeAnswer>& answers, Instant now);
    // After the commit: takes up a new plan, and asks what is due.
    std::vector<ServiceProbed> start(Instant now);
    // What was committed.
    void note(const Change& change);
    // What the engine was fed.
    void note(const Input& input, Instant now) { rounds_.note(input, now); }
    // Decision::ask_observers.
    void ask(const std::vector<ServerId>& servers, Instant now);

    // Decision::ask_proofs.
    void prove(const std::vector<AskProof>& asked, Instant now);

    Instant next_deadline() const { return rounds_.next_deadline(); }
    SiblingCounters counters() const { return rounds_.counters(); }

  private:
    const CurrentPlan& plan_;
    SiblingRounds rounds_;
    SiblingProofs proofs_;
    std::uint64_t edition_ = 0;  // of the plan that was taken up
};

}  // namespace understudy
