#include "controller/runtime/probes.h"

#include <algorithm>
#include <iterator>

namespace understudy {
namespace {

// A plan is a walk through all pools: orders that come one after another share it.
constexpr Duration kPlanInterval{1'000};

}  // namespace

Probes::Probes(const Fleet& fleet, Outbound& outbound, Mailbox<TransferDone>& answers,
               Random random, const ProbeLimits& limits)
    : fleet_(fleet),
      answers_(answers),
      schedule_(outbound, random, static_cast<std::size_t>(limits.in_flight)) {}

std::vector<ServiceProbed> Probes::take_answers(Instant now) {
    std::vector<ServiceProbed> said;
    for (const auto& done : answers_.take_all())
        std::ranges::move(schedule_.finished(done, now), std::back_inserter(said));
    return said;
}

std::vector<ServiceProbed> Probes::start(Instant now) {
    if (outdated_ && now >= plan_at_) {
        schedule_.plan(plan_.make(fleet_), now);
        outdated_ = false;
        plan_at_ = now + kPlanInterval;
    }
    return schedule_.start(now);
}

void Probes::note(const Change& change) {
    if (const auto* saved = std::get_if<SaveServer>(&change)) schedule_.moved(saved->server);
    outdated_ = outdated_ || plan_.concerned_by(change);
}

void Probes::ask(const std::vector<ServerId>& servers, Instant now) {
    for (const ServerId server : servers)
        schedule_.ask(server, now);
}

Instant Probes::next_deadline() const {
    const Instant next = schedule_.next_deadline();
    return outdated_ ? std::min(next, plan_at_) : next;
}

}  // namespace understudy
