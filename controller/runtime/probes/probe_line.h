// ProbeLine: the probes of one job at one address: when the next one is due, and what they say
// together. Pure. Used by ProbeSchedule.
//
// Calm, one probe follows the other after the interval. As soon as something may change (a failure,
// a late answer of who was quick, a success of a dead one, somebody asked) one begins every fast
// interval, though earlier ones still wait for their time-out, until fall or rise has decided:
// three time-outs decide after one time-out and two fast intervals. Who always answers late is only
// slow. They count in the order in which they were begun.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "controller/runtime/probes/probe_plan.h"

namespace understudy {

// What is known of one address, for people.
struct ProbeFinding {
    Verdict verdict = Verdict::Nothing;
    std::string sentence;  // of the newest probe
    Instant since{};       // of the verdict
};

class ProbeLine {
  public:
    ProbeLine(std::shared_ptr<const ProbeRules> rules, Instant first)
        : rules_(std::move(rules)), due_(first) {}

    Instant due() const { return due_; }  // when the next one should begin
    bool fast() const { return fast_; }   // and cannot wait for its turn
    // A next one too late to say anything.
    Instant start_by() const { return due_ + rules_->interval; }
    const ProbeRules& rules() const { return *rules_; }

    // As soon as possible, for nothing found before counts now; and then as above.
    void ask(Instant now);
    // The next one begins: what it shall ask for.
    ProbeTarget begin(TransferId id, Instant now);

    // What a decided probe said.
    struct Word {
        Verdict verdict = Verdict::Nothing;
        std::string sentence;
        Instant begun{};
    };
    // An answer of one that was begun: what can now be said, in order.
    std::vector<Word> finished(TransferId id, const ServiceAnswer& answer, Instant now);
    // Auto: https has failed and http is to be tried now, under the same id.
    std::optional<ProbeTarget> goes_on(TransferId id, const ServiceAnswer& answer, Instant now);

    const ProbeFinding& finding() const { return finding_; }

  private:
    struct Attempt {
        TransferId id = 0;
        Instant begun{};
        ProbeTarget target;
        std::optional<ServiceAnswer> answer;
    };
    bool learning() const { return rules_->terms.target.kind == ProbeTarget::Kind::Auto && !auto_; }
    ProbeTarget next_target() const;
    std::optional<Verdict> count(const Attempt& attempt);
    std::optional<Verdict> succeeded();
    std::optional<Verdict> failed();
    void note(Verdict verdict, const std::string& sentence, Instant now);
    bool undecided() const;
    bool crowded() const;
    void plan_next(Instant now);

    std::shared_ptr<const ProbeRules> rules_;
    Instant due_;
    bool fast_ = false;
    std::optional<Instant> begun_;       // the newest
    std::optional<Instant> asked_;       // somebody did: due then
    std::optional<Instant> asked_last_;  // when one began for somebody
    std::deque<Attempt> attempts_;       // in the order of their beginnings
    std::optional<ProbeTarget> auto_;    // what first served
    bool quick_ = false;                 // what last served did within a fast interval
    bool dead_ = false;
    int failures_ = 0;   // in a row, as long as it is not dead
    int successes_ = 0;  // in a row, since it is
    ProbeFinding finding_;
};

}  // namespace understudy
