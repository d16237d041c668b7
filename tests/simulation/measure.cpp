// How soon a switch comes after its fault, and which were for nothing.
#include <algorithm>

#include "tests/simulation/invariants.h"
#include "tests/simulation/simulation.h"

namespace understudy::simulation {

// Whoever serves a pool as its primary is missed from now on.
void Simulation::strike(ServerId server) {
    const bool serves = std::ranges::any_of(ledger_.pools, [&](const auto& entry) {
        return entry.second.primary() == server && entry.second.target.has(server);
    });
    if (!serves) return;
    ++switches_.struck;
    struck_[server] = schedule_.now();
}

void Simulation::measure_decision(const std::vector<Change>& changes) {
    const std::set<PoolId> moved =
        invariants::moved_by_itself({ledger_, changes, {}, plan_.timings, {}});
    if (moved.empty()) return;
    for (const Change& change : changes) {
        const auto* saved = std::get_if<SavePool>(&change);
        if (saved == nullptr || !moved.contains(saved->pool.id)) continue;
        const auto before = ledger_.pools.find(saved->pool.id);
        if (before != ledger_.pools.end()) measure_move(before->second, saved->pool);
    }
}

// The way home is none of them.
void Simulation::measure_move(const Pool& before, const Pool& after) {
    if (after.target.is_fallback() || after.target.has(after.home())) return;
    ++switches_.moves;
    const bool needless = std::ranges::any_of(before.target.servers, [&](ServerId id) {
        return !after.target.has(id) && agents_->serves(id) && !agents_->grey(id);
    });
    if (needless) ++switches_.needless;
    const bool unready = std::ranges::any_of(after.target.servers, [&](ServerId id) {
        return !before.target.has(id) && !sweeps_.ready(id);
    });
    if (unready) ++switches_.unready;
}

void Simulation::measure_write(const std::string& name) {
    const auto domain = ledger_.domain_named.find(name);
    if (domain == ledger_.domain_named.end()) return;
    const Pool& pool = ledger_.pools.at(ledger_.domains.at(domain->second).pool);
    const auto struck = struck_.find(pool.primary());
    if (struck == struck_.end()) return;
    const Ipv4 primary = ledger_.servers.at(pool.primary()).ipv4;
    if (std::ranges::count(world_.addresses(name).ipv4, primary) != 0) return;
    switches_.took.push_back(schedule_.now() - struck->second);
    struck_.erase(struck);
}

}  // namespace understudy::simulation
