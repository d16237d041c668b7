// Rehearsal: what orders that were played and taken back had changed. Used by the engine.
#pragma once

#include <utility>
#include <vector>

#include "controller/core/engine_view.h"

namespace understudy::rehearsal {

// How things stood when the orders had been played: of the records they touched, and what came next
// for every pool, if that is asked.
struct Outcome {
    std::vector<std::pair<DomainId, AddressSet>> records;
    std::vector<Rehearsal::Later> pools;
};
Outcome outcome_of(const EngineView& played, const Decision& decision, Engine::Later later);

// Of that, what is not so now.
Rehearsal compare(const EngineView& now, Outcome played);

}  // namespace understudy::rehearsal
