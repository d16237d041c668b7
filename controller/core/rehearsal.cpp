#include "controller/core/rehearsal.h"

#include "controller/core/outlook.h"

namespace understudy::rehearsal {

Rehearsal compare(const EngineView& before, const EngineView& after) {
    Rehearsal rehearsal;
    for (const Domain* domain : before.fleet.domains()) {
        const Domain* then = after.fleet.domain(domain->id);
        if (then == nullptr || then->record.in_conflict() || then->ignored) continue;
        if (then->record.desired == domain->record.desired) continue;
        rehearsal.domains.push_back(
            {domain->name, to_string(domain->record.desired), to_string(then->record.desired)});
    }
    for (const Pool* pool : after.fleet.pools()) {
        std::string next = outlook::sentence(after, *pool);
        const Pool* known = before.fleet.pool(pool->id);
        const bool same = known != nullptr && outlook::sentence(before, *known) == next;
        if (next.empty() || same) continue;
        rehearsal.later.push_back({pool->id, std::move(next), outlook::moves(after, *pool)});
    }
    return rehearsal;
}

}  // namespace understudy::rehearsal
