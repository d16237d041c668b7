// How soon a switch comes after its fault, and which were for nothing.
#include <algorithm>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {

void Simulation::measure_decision(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        const auto* saved = std::get_if<SavePool>(&change);
        if (saved == nullptr) continue;
        const auto before = ledger_.pools.find(saved->pool.id);
        if (before == ledger_.pools.end() || !saved->pool.failed_over()) continue;
        const bool needless = std::ranges::any_of(before->second.target.servers, [&](ServerId id) {
            return !saved->pool.target.has(id) && id == saved->pool.primary() &&
                   agents_->serves(id);
        });
        if (needless) ++switches_.needless;
    }
}

void Simulation::measure_write(const std::string& name) {
    const auto domain = ledger_.domain_named.find(name);
    if (!last_fault_ || domain == ledger_.domain_named.end()) return;
    const Pool& pool = ledger_.pools.at(ledger_.domains.at(domain->second).pool);
    const Ipv4 primary = ledger_.servers.at(pool.primary()).ipv4;
    if (std::ranges::count(world_.addresses(name).ipv4, primary) != 0) return;
    switches_.took.emplace_back(last_fault_->first, schedule_.now() - last_fault_->second);
    last_fault_.reset();
}

}  // namespace understudy::simulation
