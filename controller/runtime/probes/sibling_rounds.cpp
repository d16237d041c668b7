#include "controller/runtime/probes/sibling_rounds.h"

#include <algorithm>
#include <string>
#include <utility>

#include "controller/core/testimony.h"
#include "controller/runtime/probes/sibling_question.h"

namespace understudy {
namespace {

// Of one agent: below what it takes (agent/siblings/willing.h), and below what either side takes in
// messages (wire::message_rate), heartbeats included.
constexpr std::size_t kOpenAtOnce = wire::kProbesAtOnce - 1;
constexpr Rate kOfSibling{8, 1.5F};
// Of all agents together: a mass loss must not keep the loop busy with questions.
constexpr Rate kOfAll{200, 500};
// Jobs without enough siblings that are looked at in one turn.
constexpr std::size_t kFilledAtOnce = 200;
constexpr Duration kFillInterval{1'000};
// Whether an agent with all its questions open has room again.
constexpr Duration kFullInterval{1'000};

}  // namespace

// --- jobs ------------------------------------------------------------------------------------

void SiblingRounds::plan(const ProbeJobs& jobs, Instant now) {
    std::vector<JobId> gone;
    for (const auto& [key, id] : by_key_) {
        const auto job = jobs.find(key);
        const bool stays = job != jobs.end() && job->second.ipv4 == jobs_.at(id).job.ipv4 &&
                           can_be_asked(job->second);
        if (!stays) gone.push_back(id);
    }
    for (const JobId id : gone)
        forget(id);
    for (const auto& [key, job] : jobs) {
        if (!can_be_asked(job)) continue;
        const auto [known, made] = by_key_.try_emplace(key, last_job_ + 1);
        if (!made) {
            jobs_.at(known->second).job = job;  // the host may be another
            continue;
        }
        jobs_.emplace(++last_job_, Watched{key, job, {}});
        short_handed_.insert(last_job_);
    }
    std::erase_if(here_, [&](const auto& each) { return !by_key_.contains(each.first); });
    std::erase_if(lost_, [&](ServerId server) { return fleet_.server(server) == nullptr; });
    std::erase_if(rates_, [&](const auto& each) { return fleet_.server(each.first) == nullptr; });
    forget_old_times(now);
    fill_from_ = 0;
    fill_at_ = short_handed_.empty() ? kNever : now;
}

void SiblingRounds::moved(const Server& server) {
    std::vector<JobId> gone;
    for (auto at = by_key_.lower_bound(ProbeKey{server.id, {}});
         at != by_key_.end() && at->first.server == server.id; ++at) {
        if (jobs_.at(at->second).job.ipv4 != server.ipv4) gone.push_back(at->second);
    }
    for (const JobId id : gone) {
        here_.erase(jobs_.at(id).key);
        forget(id);
    }
}

void SiblingRounds::forget(JobId id) {
    Watched& watched = jobs_.at(id);
    while (!watched.siblings.empty())
        drop(id, watched.siblings.back().by);
    short_handed_.erase(id);
    by_key_.erase(watched.key);
    jobs_.erase(id);
}

// What it was asked is not waited for any more.
void SiblingRounds::drop(JobId id, ServerId by) {
    Watched& watched = jobs_.at(id);
    Sibling* one = sibling(id, by);
    queue_.erase({one->due, {id, by}});
    if (one->open != 0) {
        close(one->open);
        open_.erase(one->open);
    }
    if (--services_[by] <= 0) services_.erase(by);
    std::erase_if(watched.siblings, [&](const Sibling& each) { return each.by == by; });
    short_handed_.insert(id);
}

SiblingRounds::Sibling* SiblingRounds::sibling(JobId id, ServerId by) {
    const auto job = jobs_.find(id);
    if (job == jobs_.end()) return nullptr;
    const auto found = std::ranges::find(job->second.siblings, by, &Sibling::by);
    return found == job->second.siblings.end() ? nullptr : &*found;
}

// --- who is asked ----------------------------------------------------------------------------

// Some in a turn, as long as there are any; then it waits for news of links, and looks again after
// a while: some come back from maintenance.
void SiblingRounds::fill(Instant now) {
    const auto able = [this](bool proxied) {
        return SiblingChoice{
            fleet_, [&](ServerId server) { return links_.can_probe(server, proxied); }, random_};
    };
    const SiblingChoice all = able(false);
    std::optional<SiblingChoice> proxying;  // they may be few among many
    auto next = short_handed_.lower_bound(fill_from_);
    for (std::size_t i = 0; i < kFilledAtOnce && next != short_handed_.end(); ++i) {
        const JobId id = *next;
        ++next;  // it may be taken out
        const bool proxied = is_proxied(jobs_.at(id).job);
        if (proxied && !proxying) proxying.emplace(able(true));
        fill(id, proxied ? *proxying : all, now);
    }
    const bool more = next != short_handed_.end() && !all.empty();
    fill_from_ = more ? *next : 0;
    fill_at_ = more ? now : short_handed_.empty() ? kNever : now + timings_.calm;
    forget_old_times(now);
}

// Agents link in crowds: those of a second are looked at together.
void SiblingRounds::fill_soon(Instant now) {
    fill_from_ = 0;
    fill_at_ = std::min(fill_at_, now + kFillInterval);
}

void SiblingRounds::fill(JobId id, const SiblingChoice& choice, Instant now) {
    Watched& watched = jobs_.at(id);
    const Server* server = fleet_.server(watched.key.server);
    if (server == nullptr) return;
    std::vector<ServerId> chosen;
    for (const Sibling& each : watched.siblings)
        chosen.push_back(each.by);
    while (chosen.size() < kSiblings) {
        const ServerId by = choice.choose(*server, chosen, services_, random_);
        if (!by) return;
        chosen.push_back(by);
        ++services_[by];
        Sibling& one = watched.siblings.emplace_back();
        one.by = by;
        const bool fast = is_fast(watched);
        schedule(id, one, fast ? now : now + random_.between(Duration{0}, timings_.calm));
    }
    short_handed_.erase(id);
}

// --- when ------------------------------------------------------------------------------------

bool SiblingRounds::is_fast(const Watched& watched) const {
    const Server* server = fleet_.server(watched.key.server);
    if (server == nullptr || server->maintenance) return false;
    const auto here = here_.find(watched.key);
    return lost_.contains(watched.key.server) || (here != here_.end() && here->second.calls_dead) ||
           std::ranges::any_of(watched.siblings,
                               [](const Sibling& each) { return each.eyes.calls_dead; });
}

// Whose word would not count need not be asked so often: what it finds behind a firewall.
Duration SiblingRounds::interval_of(const Watched& watched, const Sibling& one, Instant now) const {
    const bool counts = one.eyes.calls_dead || one.eyes.calibrated(now);
    return counts && is_fast(watched) ? timings_.fast : timings_.calm;
}

bool SiblingRounds::Eyes::calibrated(Instant now) const {
    return reached && now - *reached <= kCalibrated;
}

// True: it calls it dead now, and did not before.
bool SiblingRounds::Eyes::saw(Verdict verdict, Instant now) {
    if (verdict == Verdict::Serves) reached = now;
    if (verdict != Verdict::Dead) {
        calls_dead = calls_dead && verdict == Verdict::Nothing;
        return false;
    }
    if (calls_dead) return false;
    calls_dead = calibrated(now);
    return calls_dead;
}

void SiblingRounds::schedule(JobId id, Sibling& sibling, Instant due) {
    queue_.erase({sibling.due, {id, sibling.by}});
    sibling.due = due;
    if (sibling.open == 0) queue_.insert({due, {id, sibling.by}});
}

// What was asked before says nothing about now.
void SiblingRounds::hurry(JobId id, Instant now) {
    for (Sibling& each : jobs_.at(id).siblings) {
        each.again = each.open != 0;
        const Instant soonest =
            each.asked_at == Instant{} ? now : std::max(now, each.asked_at + timings_.between);
        if (each.open == 0) schedule(id, each, std::min(each.due, soonest));
    }
}

void SiblingRounds::ask(ServerId server, Instant now) {
    for (auto at = by_key_.lower_bound(ProbeKey{server, {}});
         at != by_key_.end() && at->first.server == server; ++at)
        hurry(at->second, now);
}

void SiblingRounds::note(const Input& input, Instant now) {
    if (const auto* linked = std::get_if<AgentLinked>(&input)) {
        lost_.erase(linked->server);
        if (!short_handed_.empty() && links_.can_probe(linked->server, false)) fill_soon(now);
    } else if (const auto* left = std::get_if<AgentLeft>(&input)) {
        if (lost_.insert(left->server).second) ask(left->server, now);
    } else if (const auto* probed = std::get_if<ServiceProbed>(&input); probed && !probed->by) {
        const auto job = by_key_.find({probed->server, probed->service});
        if (job == by_key_.end()) return;
        if (here_[job->first].saw(probed->verdict, now)) hurry(job->second, now);
    }
}

Instant SiblingRounds::next_deadline() const {
    Instant next = fill_at_;
    if (!queue_.empty()) next = std::min(next, std::max(queue_.begin()->first, free_at_));
    if (!until_.empty()) next = std::min(next, until_.begin()->first);
    return next;
}

// --- questions -------------------------------------------------------------------------------

std::vector<ServiceProbed> SiblingRounds::run(Instant now) {
    std::vector<ServiceProbed> said;
    while (!until_.empty() && until_.begin()->first <= now) {
        ++counters_.unanswered;
        said.push_back(end(until_.begin()->second, Verdict::Nothing, "its agent did not say", now));
    }
    if (now >= fill_at_) fill(now);
    while (!queue_.empty() && queue_.begin()->first <= now) {
        free_at_ = now + rate_.wait(kOfAll, now);
        if (free_at_ > now) break;
        const auto [job, by] = queue_.begin()->second;
        begin(job, by, now);
    }
    return said;
}

void SiblingRounds::begin(JobId id, ServerId by, Instant now) {
    Sibling& one = *sibling(id, by);
    if (gone(id, one, now)) return;
    if (one.away_since) return schedule(id, one, now + timings_.fast);
    if (const auto until = busy_until(jobs_.at(id), by, now)) return schedule(id, one, *until);
    TokenBucket& rate = rates_.try_emplace(by, kOfSibling, now).first->second;
    if (!rate.take(kOfSibling, now)) return schedule(id, one, now + rate.wait(kOfSibling, now));
    static_cast<void>(rate_.take(kOfAll, now));
    send(id, one, now);
}

// What an agent would refuse waits.
std::optional<Instant> SiblingRounds::busy_until(const Watched& watched, ServerId by,
                                                 Instant now) const {
    const auto open = open_at_.find(by);
    if (open != open_at_.end() && open->second >= kOpenAtOnce) return now + kFullInterval;
    const auto asked = asked_about_.find({by, watched.job.ipv4});
    if (asked == asked_about_.end() || asked->second + timings_.between <= now) return std::nullopt;
    return asked->second + timings_.between;
}

void SiblingRounds::forget_old_times(Instant now) {
    std::erase_if(asked_about_,
                  [&](const auto& each) { return each.second + timings_.between <= now; });
}

// Who cannot be asked any more is replaced, at once where a person took it out.
bool SiblingRounds::gone(JobId id, Sibling& one, Instant now) {
    const Server* server = fleet_.server(one.by);
    const bool there = server != nullptr && !server->maintenance;
    if (there && links_.can_probe(one.by, is_proxied(jobs_.at(id).job))) {
        one.away_since.reset();
        return false;
    }
    if (!one.away_since) one.away_since = now;
    if (there && now - *one.away_since < timings_.away) return false;
    drop(id, one.by);
    fill_soon(now);
    return true;
}

void SiblingRounds::send(JobId id, Sibling& one, Instant now) {
    const Watched& watched = jobs_.at(id);
    Question question;
    question.job = id;
    question.by = one.by;
    question.asked_at = now;
    question.until = now + longest_answer(*watched.job.rules) + timings_.travel;
    question.interval = interval_of(watched, one, now);
    question.target = one.learnt   ? *one.learnt
                      : one.second ? second_target(*watched.job.rules)
                                   : first_target(*watched.job.rules);
    queue_.erase({one.due, {id, one.by}});
    one.asked_at = now;
    one.again = false;
    one.open = ++last_question_;
    until_.insert({question.until, one.open});
    ++open_at_[one.by];
    asked_about_[{one.by, watched.job.ipv4}] = now;
    // What cannot be sent is not answered.
    links_.probe(one.by, question_about(watched.job, question.target, one.open));
    open_.emplace(one.open, std::move(question));
}

// --- answers ---------------------------------------------------------------------------------

std::optional<ServiceProbed> SiblingRounds::answered(ServerId by, const wire::Probed& answer,
                                                     Instant now) {
    const auto question = open_.find(answer.id);
    if (question == open_.end() || question->second.by != by) {
        ++counters_.ignored;
        return std::nullopt;
    }
    const Verdict verdict = verdict_of(answer);
    ++(verdict == Verdict::Serves ? counters_.serves
       : verdict == Verdict::Dead ? counters_.dead
                                  : counters_.nothing);
    return end(answer.id, verdict, answer.found, now);
}

// Auto: until something has served https comes first, and what it is not http may be.
bool SiblingRounds::goes_on(Watched& watched, Sibling& one, const Question& question,
                            Verdict verdict) const {
    if (watched.job.rules->terms.target.kind != ProbeTarget::Kind::Auto || one.learnt) return false;
    if (verdict == Verdict::Serves) one.learnt = question.target;
    one.second = verdict == Verdict::Dead && !one.second;
    return one.second;
}

void SiblingRounds::close(QuestionId id) {
    const Question& question = open_.at(id);
    until_.erase({question.until, id});
    const auto open = open_at_.find(question.by);
    if (--open->second == 0) open_at_.erase(open);
}

// Its own clock is not asked: the newest attempt was begun after the question was sent.
ServiceProbed SiblingRounds::end(QuestionId id, Verdict verdict, std::string sentence,
                                 Instant now) {
    close(id);
    const Question question = std::move(open_.extract(id).mapped());
    Watched& watched = jobs_.at(question.job);
    Sibling& one = *sibling(question.job, question.by);
    one.open = 0;
    ServiceProbed probed;
    probed.server = watched.key.server;
    probed.by = question.by;
    probed.service = watched.key.service;
    probed.verdict = verdict;
    probed.sentence = std::move(sentence);
    probed.took = now - question.asked_at;
    probed.valid_for = 2 * question.interval + longest_answer(*watched.job.rules) + timings_.travel;
    if (goes_on(watched, one, question, verdict)) {
        probed.verdict = Verdict::Nothing;
        one.again = true;
    }
    const bool news = one.eyes.saw(probed.verdict, now);
    // What was asked fast counts for less than a calm interval.
    const Duration interval =
        one.again ? timings_.between : std::min(interval_of(watched, one, now), question.interval);
    schedule(question.job, one, question.asked_at + interval);
    if (news) hurry(question.job, now);
    return probed;
}

SiblingCounters SiblingRounds::counters() const {
    SiblingCounters counters = counters_;
    counters.in_flight = open_.size();
    return counters;
}

}  // namespace understudy
