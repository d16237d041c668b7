#include "controller/core/rehearsal.h"

#include <set>

#include "controller/core/outlook.h"

namespace understudy::rehearsal {
namespace {

// Pools whose outlook may be another: those that were touched, and those of a touched server.
std::set<PoolId> pools_of(const Fleet& fleet, const Decision& decision) {
    std::set<PoolId> pools;
    for (const Change& change : decision.changes) {
        if (const auto* saved = std::get_if<SavePool>(&change)) pools.insert(saved->pool.id);
        if (const auto* saved = std::get_if<SaveServer>(&change)) {
            for (const PoolId pool : fleet.pools_of(saved->server.id))
                pools.insert(pool);
        }
        if (!std::holds_alternative<SaveControls>(change)) continue;
        for (const Pool* pool : fleet.pools())
            pools.insert(pool->id);
    }
    return pools;
}

}  // namespace

Outcome outcome_of(const EngineView& played, const Decision& decision) {
    Outcome outcome;
    for (const Change& change : decision.changes) {
        const auto* saved = std::get_if<SaveDomain>(&change);
        if (saved == nullptr || saved->domain.record.in_conflict() || saved->domain.ignored)
            continue;
        outcome.records.emplace_back(saved->domain.id, saved->domain.record.desired);
    }
    for (const PoolId id : pools_of(played.fleet, decision)) {
        const Pool& pool = *played.fleet.pool(id);
        outcome.pools.push_back(
            {id, outlook::sentence(played, pool), outlook::moves(played, pool)});
    }
    return outcome;
}

Rehearsal compare(const EngineView& now, Outcome played) {
    Rehearsal rehearsal;
    for (const auto& [id, content] : played.records) {
        const Domain* domain = now.fleet.domain(id);
        if (domain == nullptr || domain->record.desired == content) continue;
        rehearsal.domains.push_back(
            {domain->name, to_string(domain->record.desired), to_string(content)});
    }
    for (Rehearsal::Later& later : played.pools) {
        const Pool* pool = now.fleet.pool(later.pool);
        const bool same = pool != nullptr && outlook::sentence(now, *pool) == later.next;
        if (!same && !later.next.empty()) rehearsal.later.push_back(std::move(later));
    }
    return rehearsal;
}

}  // namespace understudy::rehearsal
