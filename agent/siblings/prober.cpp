#include "agent/siblings/prober.h"

#include <algorithm>
#include <utility>

#include "agent/siblings/routes.h"
#include "base/ip_address.h"

namespace understudy {
namespace {

constexpr std::size_t kTargetsLimit = 256;
constexpr Duration kNap{1'000};

// "https 443: "
std::string asked_for(const wire::Probe& probe) {
    const char* kind = probe.kind == wire::ProbeKind::Https  ? "https "
                       : probe.kind == wire::ProbeKind::Http ? "http "
                                                             : "tcp ";
    return kind + std::to_string(probe.port) + ": ";
}

Duration fast_interval_of(const wire::Probe& probe) {
    return std::max(Duration{probe.fast_interval_ms}, wire::kShortestFastInterval);
}

// An address can be written in many ways.
std::string canonical(const std::string& address) {
    if (const auto v4 = parse_ipv4(address)) return to_string(*v4);
    const auto v6 = parse_ipv6(address);
    return v6 ? to_string(*v6) : address;
}

}  // namespace

Prober::Prober(Reactor& reactor, MakeAttempt make) : reactor_(reactor), make_(std::move(make)) {}

void Prober::ask(const wire::Probe& probe, Instant now) {
    std::string why = unwilling(probe, settings_);
    if (why.empty() && !settings_.allow_private && is_own_address(probe.address))
        why = probe.address + " is this machine's own address";
    if (why.empty()) why = too_busy_for(probe, now);
    if (!why.empty()) return answer(probe, wire::ProbeVerdict::Nothing, why, Duration{0});
    Job& job = jobs_.emplace_back();
    job.probe = probe;
    job.next_try = now;
}

std::string Prober::too_busy_for(const wire::Probe& probe, Instant now) {
    if (jobs_.size() >= wire::kProbesAtOnce)
        return std::to_string(wire::kProbesAtOnce) + " probes are under way already";
    if (targets_.size() >= kTargetsLimit)
        std::erase_if(targets_, [now](const auto& each) { return each.second <= now; });
    if (targets_.size() >= kTargetsLimit) return "too many addresses are asked for";
    Instant& paid_for = targets_[canonical(probe.address)];
    const Instant paid = std::max(paid_for, now) + wire::kProbeInterval;
    if (paid - now > kTargetBurst * wire::kProbeInterval)
        return "this address is asked for too often";
    if (!rate_.take(kProbeRate, now)) return "too many probes are asked for";
    paid_for = paid;
    return {};
}

void Prober::begin(Job& job, Instant now) {
    Try& one = job.tries.emplace_back();
    ++job.begun;
    job.next_try = now + fast_interval_of(job.probe);
    one.begun = now;
    one.finding = std::make_shared<std::optional<Finding>>();
    one.attempt = make_(job.probe, tls_);
    one.attempt->start(reactor_, [slot = one.finding](Finding finding) {
        if (!*slot) *slot = std::move(finding);
    });
}

// Whoever wakes late slept while answers came in and time-outs passed: it has nothing to say.
void Prober::advance(Instant now) {
    const Instant due = next_deadline();
    if (due != kNever && now - due > kNap) {
        for (const Job& job : jobs_)
            answer(job.probe, wire::ProbeVerdict::Nothing, "this machine stood still", Duration{0});
        jobs_.clear();
    }
    for (Job& job : jobs_) {
        look_at(job, now);
        if (job.answered || job.begun >= job.probe.fall || now < job.next_try) continue;
        begin(job, now);
        look_at(job, now);  // it may know at once
    }
    std::erase_if(jobs_, [](const Job& job) { return job.answered; });
}

void Prober::look_at(Job& job, Instant now) {
    const Duration timeout{job.probe.timeout_ms};
    for (auto at = job.tries.begin(); at != job.tries.end() && !job.answered;) {
        if (*at->finding) {
            take(job, *at, **at->finding, now);
        } else if (now - at->begun >= timeout) {
            take(job, *at, {wire::ProbeVerdict::Dead, "no answer within " + to_text(timeout)}, now);
        } else {
            ++at;
            continue;
        }
        at = job.tries.erase(at);
    }
}

void Prober::take(Job& job, const Try& one, const Finding& finding, Instant now) {
    if (finding.verdict == wire::ProbeVerdict::Dead && ++job.failed < job.probe.fall) return;
    job.answered = true;
    answer(job.probe, finding.verdict, asked_for(job.probe) + finding.found, now - one.begun);
}

void Prober::answer(const wire::Probe& probe, wire::ProbeVerdict verdict, const std::string& found,
                    Duration took) {
    answers_.push_back(wire::Probed{probe.id, verdict, found, static_cast<int>(took.count())});
}

Instant Prober::next_deadline() const {
    Instant next = kNever;
    for (const Job& job : jobs_) {
        if (job.begun < job.probe.fall) next = std::min(next, job.next_try);
        for (const Try& one : job.tries)
            next = std::min(next, one.begun + Duration{job.probe.timeout_ms});
    }
    return next;
}

std::vector<wire::Probed> Prober::take_answers() {
    return std::exchange(answers_, {});
}

void Prober::give_up() {
    jobs_.clear();
    answers_.clear();
}

}  // namespace understudy
