#include "controller/runtime/siblings.h"

#include <algorithm>

namespace understudy {
namespace {

// As the controller's own probes have it.
constexpr Duration kReplanInterval{1'000};

}  // namespace

std::vector<Input> Siblings::take(const std::vector<ProbeAnswer>& answers, Instant now) {
    std::vector<Input> said;
    for (const ProbeAnswer& answer : answers) {
        if (proofs_.answered(answer.by, answer.probed, said)) continue;
        if (auto probed = rounds_.answered(answer.by, answer.probed, now))
            said.emplace_back(*std::move(probed));
    }
    return said;
}

std::vector<ServiceProbed> Siblings::start(Instant now) {
    if (outdated_ && now >= plan_at_) {
        rounds_.plan(plan_.make(fleet_), now);
        outdated_ = false;
        plan_at_ = now + kReplanInterval;
    }
    return rounds_.run(now);
}

void Siblings::note(const Change& change) {
    if (const auto* saved = std::get_if<SaveServer>(&change)) rounds_.moved(saved->server);
    outdated_ = outdated_ || plan_.concerned_by(change);
}

void Siblings::ask(const std::vector<ServerId>& servers, Instant now) {
    for (const ServerId server : servers)
        rounds_.ask(server, now);
}

void Siblings::prove(const std::vector<AskProof>& asked, Instant now) {
    for (const AskProof& each : asked)
        proofs_.ask(each, now);
}

Instant Siblings::next_deadline() const {
    const Instant next = rounds_.next_deadline();
    return outdated_ ? std::min(next, plan_at_) : next;
}

}  // namespace understudy
