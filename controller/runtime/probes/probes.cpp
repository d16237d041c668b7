#include "controller/runtime/probes/probes.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace understudy {

Probes::Probes(const CurrentPlan& plan, const Fleet& fleet, Outbound& outbound,
               Mailbox<TransferDone>& answers, Random random, const ProbeLimits& limits)
    : plan_(plan),
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
    if (std::exchange(edition_, plan_.edition()) != plan_.edition()) {
        schedule_.plan(plan_.jobs(), now);
        readiness_.plan(now);
    }
    std::vector<Input> said;
    std::ranges::move(schedule_.start(now), std::back_inserter(said));
    readiness_.start(now, wall);
    std::ranges::move(readiness_.take_found(), std::back_inserter(said));
    return said;
}

void Probes::note(const Change& change) {
    const auto* saved = std::get_if<SaveServer>(&change);
    if (saved == nullptr) return;
    schedule_.moved(saved->server);
    readiness_.moved(saved->server);
}

void Probes::ask(const std::vector<ServerId>& servers, Instant now) {
    for (const ServerId server : servers)
        schedule_.ask(server, now);
}

void Probes::sweep(const std::vector<ServerId>& servers, Instant now) {
    for (const ServerId server : servers)
        readiness_.ask(server, now);
}

void Probes::prove(const std::vector<AskProof>& asked, Instant now) {
    for (const AskProof& each : asked)
        proofs_.ask(each, now);
}

Instant Probes::next_deadline() const {
    return std::min(schedule_.next_deadline(), readiness_.next_deadline());
}

std::vector<FoundOverIpv6> Probes::found_over_ipv6(ServerId server) const {
    std::vector<FoundOverIpv6> found;
    for (auto& each : schedule_.findings(server)) {
        if (!each.ipv6 || each.ipv6->sentence.empty()) continue;
        found.push_back({std::move(each.service), each.ipv6->verdict,
                         std::move(each.ipv6->sentence), each.ipv6->since});
    }
    return found;
}

}  // namespace understudy
