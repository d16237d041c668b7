#include "controller/core/rehearsal.h"

#include "controller/core/outlook.h"

namespace understudy::rehearsal {

Outcome outcome_of(const EngineView& played, const Decision& decision, Engine::Later later) {
    Outcome outcome;
    for (const Change& change : decision.changes) {
        const auto* saved = std::get_if<SaveDomain>(&change);
        if (saved == nullptr || saved->domain.record.in_conflict() || saved->domain.ignored)
            continue;
        outcome.records.emplace_back(saved->domain.id, saved->domain.record.desired);
    }
    if (later == Engine::Later::Unasked) return outcome;
    for (const Pool* pool : played.fleet.pools()) {
        outcome.pools.push_back(
            {pool->id, outlook::sentence(played, *pool), outlook::moves(played, *pool)});
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
