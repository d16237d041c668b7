// CurrentPlan: what is to be probed at present (probe_plan.h), in step with the rows that were
// written: one walk through the pools for all who probe by it. Kept up by the turn; loop thread
// only.
#pragma once

#include <cstdint>

#include "controller/runtime/probes/probe_plan.h"

namespace understudy {

class CurrentPlan {
  public:
    explicit CurrentPlan(const Fleet& fleet) : fleet_(fleet) {}

    // What was committed: another plan may follow, a little later.
    void note(const Change& change) { outdated_ = outdated_ || plan_.concerned_by(change); }
    // After the commit, before whoever probes by it: makes it anew if it has to.
    void keep_up(Instant now);
    Instant next_deadline() const { return outdated_ ? plan_at_ : kNever; }

    // Another number, another plan; 0: none was made yet.
    std::uint64_t edition() const { return edition_; }
    const ProbeJobs& jobs() const { return jobs_; }

  private:
    const Fleet& fleet_;
    ProbePlan plan_;
    ProbeJobs jobs_;
    std::uint64_t edition_ = 0;
    bool outdated_ = true;  // the rows say something else
    Instant plan_at_ = Instant::min();
};

}  // namespace understudy
