#include <algorithm>

#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"

namespace understudy::scenarios {

// "probe web1 serves by=web2 of=shop": the controller's, unless by another; of the pool's service.
// "silent" says that it cannot tell, "stopped" nothing at all from then on.
void World::probe(const Words& words) {
    static const std::map<std::string, Verdict> kVerdicts{{"serves", Verdict::Serves},
                                                          {"dead", Verdict::Dead},
                                                          {"silent", Verdict::Nothing},
                                                          {"stopped", Verdict::Nothing}};
    const auto given = options(words, 3);
    ServiceProbed said;
    said.server = server(words.at(1));
    if (given.contains("by")) said.by = server(given.at("by"));
    said.service = service_of(
        given.contains("of") ? engine_->fleet().pool(pool(given.at("of")))->policy : policy_);
    if (!kVerdicts.contains(words.at(2))) fail("unknown verdict '" + words.at(2) + "'");
    said.verdict = kVerdicts.at(words.at(2));
    said.sentence = "https 443: " + words.at(2);
    said.valid_for = Duration{15'000};
    std::erase_if(probes_, [&](const ServiceProbed& each) {
        return each.server == said.server && each.by == said.by && each.service == said.service;
    });
    if (words.at(2) == "stopped") return;
    probes_.push_back(said);
    apply(said);
}

// "sweep web2 unready=a.example.org,b.example.org tls": every domain of its pools was probed there.
void World::sweep(const Words& words) {
    const Fleet& fleet = engine_->fleet();
    const auto given = options(words, 2);
    ReadinessFound found;
    found.server = server(words.at(1));
    found.reached = !given.contains("unreached");
    if (given.contains("trouble")) found.trouble = given.at("trouble");
    const auto bad = given.contains("unready") ? split(given.at("unready"), ',') : Words{};
    for (const PoolId id : fleet.pools_of(found.server)) {
        PoolReadiness pool{id, 0, 0, 0, {}, given.contains("tls")};
        for (const DomainId domain : fleet.domains_of(id)) {
            ++pool.asked;
            const bool ready = std::ranges::find(bad, fleet.domain(domain)->name) == bad.end();
            if (found.reached && ready) continue;
            ++pool.unready;
            pool.named.push_back({domain, "https 443: 503"});
        }
        std::ranges::sort(pool.named, {}, &UnreadyDomain::domain);
        found.pools.push_back(std::move(pool));
    }
    apply(found);
}

// none: of every server.
void World::say_probes(ServerId of) {
    for (const ServiceProbed& each : std::vector{probes_}) {
        const bool known = engine_->fleet().server(each.server) != nullptr;
        if (known && (!of || each.server == of)) apply(each);
    }
}

}  // namespace understudy::scenarios
