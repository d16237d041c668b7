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
      schedule_(outbound, ids_, random, static_cast<std::size_t>(limits.in_flight)),
      readiness_(fleet, outbound, ids_, random, limits.readiness),
      proofs_(fleet, outbound, ids_) {}

std::vector<Input> Probes::take_answers(Instant now, WallTime wall) {
    std::vector<Input> said;
    for (const auto& done : answers_.take_all()) {
        if (readiness_.finished(done, now, wall)) continue;
        if (proofs_.finished(done, said)) continue;
        std::ranges::move(schedule_.finished(done, now), std::back_inserter(said));
    }
    return said;
}

std::vector<Input> Probes::start(Instant now, WallTime wall) {
    if (outdated_ && now >= plan_at_) {
        schedule_.plan(plan_.make(fleet_), now);
        readiness_.plan(now);
        outdated_ = false;
        plan_at_ = now + kPlanInterval;
    }
    std::vector<Input> said;
    std::ranges::move(schedule_.start(now), std::back_inserter(said));
    readiness_.start(now, wall);
    std::ranges::move(readiness_.take_found(), std::back_inserter(said));
    return said;
}

void Probes::note(const Change& change) {
    if (const auto* saved = std::get_if<SaveServer>(&change)) {
        schedule_.moved(saved->server);
        readiness_.moved(saved->server);
    }
    outdated_ = outdated_ || plan_.concerned_by(change);
}

void Probes::ask(const std::vector<ServerId>& servers, Instant now) {
    for (const ServerId server : servers)
        schedule_.ask(server, now);
}

void Probes::prove(const std::vector<AskProof>& asked, Instant now) {
    for (const AskProof& each : asked)
        proofs_.ask(each, now);
}

Instant Probes::next_deadline() const {
    const Instant next = std::min(schedule_.next_deadline(), readiness_.next_deadline());
    return outdated_ ? std::min(next, plan_at_) : next;
}

}  // namespace understudy
