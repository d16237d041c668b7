// What faults do to the services, to certificates, and to those who probe them.
#include <algorithm>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {

bool Simulation::service_fault(FaultKind kind, Random& random) {
    const std::size_t who = random.below(agents_->size());
    const Duration length = seconds(random, 5, random.chance(0.7) ? 400 : 3'000);
    const auto later = [&](auto action) {
        schedule_.in(length, [this, who, action] {
            if (!healing_) action(who);
        });
    };
    switch (kind) {
        case FaultKind::CheckFails:
            strike(agents_->server_at(who));
            agents_->fail_check(who, true);
            later([this](std::size_t i) { agents_->fail_check(i, false); });
            return true;
        case FaultKind::ServiceDies:
            strike(agents_->server_at(who));
            agents_->fail_service(who, true);
            later([this](std::size_t i) { agents_->fail_service(i, false); });
            return true;
        case FaultKind::ServiceFreezes:
            strike(agents_->server_at(who));
            freeze_service(who, length);
            return true;
        case FaultKind::GreyFailure:
            strike(agents_->server_at(who));
            agents_->turn_grey(who, true);
            check_grey(who, false, schedule_.now() + length);
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

// Its own check waits for its time-out, so often as it must fail: three times each five seconds.
void Simulation::freeze_service(std::size_t who, Duration length) {
    constexpr Duration kCheckEvery{5'000};
    constexpr Duration kCheckTimeout{2'000};
    const Duration noticed = random_.between(2 * kCheckEvery, 3 * kCheckEvery) + kCheckTimeout;
    agents_->fail_service(who, true);
    schedule_.in(noticed, [this, who, until = schedule_.now() + length] {
        if (!healing_ && schedule_.now() < until) agents_->fail_check(who, true);
    });
    schedule_.in(length, [this, who] {
        if (healing_) return;
        agents_->fail_service(who, false);
        agents_->fail_check(who, false);
    });
}

// Its own check asks every five seconds: three failures in a row count, and two successes.
void Simulation::check_grey(std::size_t who, bool failing, Instant until) {
    constexpr Duration kCheckEvery{5'000};
    if (healing_) return;
    if (schedule_.now() >= until) {
        agents_->turn_grey(who, false);
        return agents_->report_check(who, false);
    }
    if (random_.chance(failing ? 1.0 / 4 : 1.0 / 8)) failing = !failing;
    agents_->report_check(who, failing);
    schedule_.in(kCheckEvery, [this, who, failing, until] { check_grey(who, failing, until); });
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
