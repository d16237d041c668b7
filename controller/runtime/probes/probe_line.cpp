#include "controller/runtime/probes/probe_line.h"

#include <algorithm>

namespace understudy {

// Of many who ask within a fast interval the first is obeyed at once.
void ProbeLine::ask(Instant now) {
    asked_ = now;
    if (asked_last_) asked_ = std::max(now, *asked_last_ + rules_->fast_interval);
    plan_next(now);
}

ProbeTarget ProbeLine::next_target() const {
    const ProbeTarget& wanted = rules_->terms.target;
    if (wanted.kind != ProbeTarget::Kind::Auto) return with_port(wanted);
    return auto_ ? *auto_ : with_port({ProbeTarget::Kind::Https, 0, "/"});
}

ProbeTarget ProbeLine::begin(TransferId id, Instant now) {
    if (asked_ && now >= *asked_) {
        asked_.reset();
        asked_last_ = now;
    }
    begun_ = now;
    attempts_.push_back({id, now, next_target(), {}});
    plan_next(now);
    return attempts_.back().target;
}

std::optional<ProbeTarget> ProbeLine::goes_on(TransferId id, const ServiceAnswer& answer,
                                              Instant now) {
    const auto attempt = std::ranges::find(attempts_, id, &Attempt::id);
    const bool tls_only = rules_->terms.certificate == ProbeCertificate::Require;
    if (attempt == attempts_.end() || !learning() || tls_only || answer.verdict != Verdict::Dead ||
        attempt->target.kind != ProbeTarget::Kind::Https) {
        return std::nullopt;
    }
    attempt->begun = now;
    attempt->target = with_port({ProbeTarget::Kind::Http, 0, "/"});
    return attempt->target;
}

std::vector<ProbeLine::Word> ProbeLine::finished(TransferId id, const ServiceAnswer& answer,
                                                 Instant now) {
    std::vector<Word> words;
    const auto ended = std::ranges::find(attempts_, id, &Attempt::id);
    if (ended == attempts_.end()) return words;
    ended->answer = answer;
    while (!attempts_.empty() && attempts_.front().answer) {
        const Attempt attempt = std::move(attempts_.front());
        attempts_.pop_front();
        if (attempt.answer->verdict == Verdict::Serves)
            quick_ = now - attempt.begun < rules_->fast_interval;
        const auto verdict = count(attempt);
        note(verdict.value_or(finding_.verdict), attempt.answer->sentence, now);
        if (verdict) words.push_back({*verdict, attempt.answer->sentence, attempt.begun});
    }
    plan_next(now);
    return words;
}

// None: it is not decided yet, or there is nothing to decide.
std::optional<Verdict> ProbeLine::count(const Attempt& attempt) {
    switch (attempt.answer->verdict) {
        case Verdict::Nothing:
            failures_ = successes_ = 0;
            return Verdict::Nothing;
        case Verdict::Serves:
            if (learning()) auto_ = attempt.target;
            return succeeded();
        case Verdict::Dead:
            // Nobody knows yet what it should serve.
            return learning() ? std::nullopt : failed();
    }
    return std::nullopt;
}

std::optional<Verdict> ProbeLine::succeeded() {
    failures_ = 0;
    if (dead_ && ++successes_ < rules_->rise) return std::nullopt;
    dead_ = false;
    successes_ = 0;
    return Verdict::Serves;
}

std::optional<Verdict> ProbeLine::failed() {
    successes_ = 0;
    if (!dead_ && ++failures_ < rules_->fall) return std::nullopt;
    dead_ = true;
    failures_ = 0;
    return Verdict::Dead;
}

void ProbeLine::note(Verdict verdict, const std::string& sentence, Instant now) {
    if (finding_.sentence.empty() || verdict != finding_.verdict) finding_.since = now;
    finding_.verdict = verdict;
    finding_.sentence = sentence;
}

// Where the time limit is longer than the interval: as many wait as could decide anything.
bool ProbeLine::crowded() const {
    return static_cast<int>(attempts_.size()) >= std::max(rules_->fall, rules_->rise);
}

// Whether one more of them may decide: no more are begun than it takes.
bool ProbeLine::undecided() const {
    if (learning()) return false;
    const int open = static_cast<int>(attempts_.size());
    if (dead_) return successes_ > 0 && successes_ + open < rules_->rise;
    // Of who is quick as a rule a late answer is a doubt; others are only slow.
    const bool late = quick_ && open > 0;
    return (failures_ > 0 || late) && failures_ + open < rules_->fall;
}

// No sooner than now, unless it should have begun already: then it is late for that.
void ProbeLine::plan_next(Instant now) {
    if (begun_) {
        fast_ = undecided();
        const Instant wanted =
            crowded() ? kNever : *begun_ + (fast_ ? rules_->fast_interval : rules_->interval);
        due_ = std::max(wanted, std::min(now, due_));
    }
    if (!asked_) return;
    fast_ = true;
    due_ = std::min(due_, *asked_);
}

}  // namespace understudy
