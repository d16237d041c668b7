// Siblings: other servers' agents as eyes. What they find becomes the engine's inputs. Keeps the
// plan in step with the rows that were written. Asked by the turn, in every one of them; loop
// thread only.
#pragma once

#include <vector>

#include "controller/core/change.h"
#include "controller/hub/hub.h"
#include "controller/runtime/address_proofs.h"
#include "controller/runtime/sibling_rounds.h"

namespace understudy {

class Siblings {
  public:
    Siblings(const Fleet& fleet, SiblingLinks& links, Random random,
             const SiblingTimings& timings = {})
        : fleet_(fleet), rounds_(fleet, links, random, timings), proofs_(fleet, links, random) {}

    std::vector<Input> take(const std::vector<ProbeAnswer>& answers, Instant now);
    // After the commit: plans anew if it has to, and asks what is due.
    std::vector<ServiceProbed> start(Instant now);
    // What was committed: another plan may follow, a little later.
    void note(const Change& change);
    // What the engine was fed.
    void note(const Input& input, Instant now) { rounds_.note(input, now); }
    // Decision::ask_observers.
    void ask(const std::vector<ServerId>& servers, Instant now);

    // Decision::ask_proofs.
    void prove(const std::vector<AskProof>& asked, Instant now);

    Instant next_deadline() const;
    SiblingCounters counters() const { return rounds_.counters(); }

  private:
    const Fleet& fleet_;
    ProbePlan plan_;
    SiblingRounds rounds_;
    SiblingProofs proofs_;
    bool outdated_ = true;  // the rows say something else
    Instant plan_at_ = Instant::min();
};

}  // namespace understudy
