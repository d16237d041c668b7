// What faults do to the services, to certificates, and to those who probe them.
#include <algorithm>
#include <memory>
#include <utility>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {

bool Simulation::service_fault(FaultKind kind, Random& random) {
    const Struck hit = struck(random);
    const std::size_t who = hit.who;
    const Duration length = hit.length;
    switch (kind) {
        case FaultKind::CheckFails:
            strike(agents_->server_at(who));
            agents_->fail_check(who, true);
            later(who, length, [this](std::size_t i) { agents_->fail_check(i, false); });
            return true;
        case FaultKind::ServiceDies:
            strike(agents_->server_at(who));
            agents_->fail_service(who, true);
            later(who, length, [this](std::size_t i) { agents_->fail_service(i, false); });
            return true;
        case FaultKind::ServiceFreezes:
            strike(agents_->server_at(who));
            freeze_service(who, length);
            return true;
        case FaultKind::GreyFailure:
            strike(agents_->server_at(who));
            turn_grey(who, length);
            return true;
        case FaultKind::HostingVanishes:
            vanish_hosting(random);
            return true;
        case FaultKind::StandbyExpired:
            expire_standby(random);
            return true;
        default:
            return false;
    }
}

// What its agent's own check says of it until then, and till it passes again.
void Simulation::check_itself(std::size_t who, Instant until, OwnCheck::Look look) {
    const Duration ago = random_.between(Duration{0}, CheckSettings{}.interval - Duration{1});
    std::make_shared<OwnCheck>(
        schedule_, ago,
        [this, look = std::move(look)]() -> std::optional<OwnCheck::Finds> {
            return healing_ ? std::nullopt : look();
        },
        [this, who](bool failing) {
            if (!healing_) agents_->report_check(who, failing);
        })
        ->go_on_until(until);
}

void Simulation::freeze_service(std::size_t who, Duration length) {
    const Instant until = schedule_.now() + length;
    agents_->fail_service(who, true);
    check_itself(who, until, [this, until] {
        return schedule_.now() < until ? OwnCheck::Finds::NoAnswer : OwnCheck::Finds::Well;
    });
    later(who, length, [this](std::size_t i) { agents_->fail_service(i, false); });
}

// For its own check as well every second request fails.
void Simulation::turn_grey(std::size_t who, Duration length) {
    const Instant until = schedule_.now() + length;
    agents_->turn_grey(who, true);
    check_itself(who, until, [this, until] {
        const bool fails = schedule_.now() < until && random_.chance(0.5);
        return fails ? OwnCheck::Finds::Refused : OwnCheck::Finds::Well;
    });
    later(who, length, [this](std::size_t i) { agents_->turn_grey(i, false); });
}

std::optional<std::size_t> Simulation::index_of(ServerId server) const {
    for (std::size_t i = 0; i < agents_->size(); ++i)
        if (agents_->server_at(i) == server) return i;
    return std::nullopt;
}

// All servers of one of them at once, within two seconds and without a word.
void Simulation::vanish_hosting(Random& random) {
    std::map<std::string, std::vector<std::size_t>> companies;
    for (std::size_t i = 0; i < agents_->size(); ++i) {
        const auto server = ledger_.servers.find(agents_->server_at(i));
        if (server == ledger_.servers.end()) continue;
        const auto label = server->second.labels.find("hosting");
        if (label != server->second.labels.end()) companies[label->second].push_back(i);
    }
    if (companies.empty()) return;
    auto company = companies.begin();
    std::advance(company, static_cast<std::ptrdiff_t>(random.below(companies.size())));
    const Duration length = seconds(random, 60, 3'000);
    for (const std::size_t i : company->second) {
        strike(agents_->server_at(i));
        agents_->crash(i, true);
        schedule_.in(length, [this, i] {
            if (!healing_) agents_->boot(i);
        });
    }
}

// Long enough before for a sweep to have found it.
void Simulation::expire_standby(Random& random) {
    if (ledger_.pools.empty()) return;
    auto row = ledger_.pools.begin();
    std::advance(row, static_cast<std::ptrdiff_t>(random.below(ledger_.pools.size())));
    const Pool& pool = row->second;
    const auto who = index_of(pool.primary());
    if (pool.members.size() < 2 || !who) return;
    const Duration dies = seconds(random, 310, 400);
    const Duration length = seconds(random, 60, 900);
    sweeps_.expire(pool.members[1], dies + length, random.chance(0.5));
    schedule_.in(dies, [this, who = *who] {
        if (healing_) return;
        strike(agents_->server_at(who));
        agents_->crash(who, false);
    });
    schedule_.in(dies + length, [this, who = *who] {
        if (!healing_) agents_->boot(who);
    });
}

// What befalls those who look, while everybody serves and every link stands.
void Simulation::probe_fault(FaultKind kind, Random& random) {
    auto server = ledger_.servers.begin();
    std::advance(server, random.below(ledger_.servers.size()));
    const Duration length = seconds(random, 5, 600);
    const bool by_controller = kind == FaultKind::ProbesCutOff ||
                               (kind == FaultKind::ProberOverloaded && random.chance(0.5));
    const ServerId by = by_controller ? ServerId{} : server->first;
    const bool overloaded = kind == FaultKind::ProberOverloaded;
    if (by_controller && overloaded) sweeps_.overload(length);
    if (by_controller && !overloaded) sweeps_.cut_off(length);
    if (!observers_) return;
    if (kind == FaultKind::SiblingsBlind) {
        observers_->hide(server->first, length);
    } else if (overloaded) {
        observers_->overload(by, length);
    } else {
        observers_->cut_off(by, length);
    }
}

}  // namespace understudy::simulation
