// Rehearsal: what orders that were played and taken back had changed. Used by the engine.
#pragma once

#include <utility>
#include <vector>

#include "controller/core/engine_view.h"

namespace understudy::rehearsal {

// How things stood when the orders had been played: of the records and pools they touched.
struct Outcome {
    std::vector<std::pair<DomainId, AddressSet>> records;
    std::vector<Rehearsal::Later> pools;
};
Outcome outcome_of(const EngineView& played, const Decision& decision);

// Of that, what is not so now.
Rehearsal compare(const EngineView& now, Outcome played);

}  // namespace understudy::rehearsal
