#include "controller/runtime/siblings.h"

#include <utility>

namespace understudy {

std::vector<ServiceProbed> Siblings::take(const std::vector<ProbeAnswer>& answers, Instant now) {
    std::vector<ServiceProbed> said;
    for (const ProbeAnswer& answer : answers) {
        if (auto probed = rounds_.answered(answer.by, answer.probed, now))
            said.push_back(*std::move(probed));
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

}  // namespace understudy
