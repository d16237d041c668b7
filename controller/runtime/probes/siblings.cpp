#include "controller/runtime/probes/siblings.h"

#include <utility>

namespace understudy {

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
    if (std::exchange(edition_, plan_.edition()) != plan_.edition())
        rounds_.plan(plan_.jobs(), now);
    return rounds_.run(now);
}

void Siblings::note(const Change& change) {
    if (const auto* saved = std::get_if<SaveServer>(&change)) rounds_.moved(saved->server);
}

void Siblings::ask(const std::vector<ServerId>& servers, Instant now) {
    for (const ServerId server : servers)
        rounds_.ask(server, now);
}

void Siblings::prove(const std::vector<AskProof>& asked, Instant now) {
    for (const AskProof& each : asked)
        proofs_.ask(each, now);
}

}  // namespace understudy
