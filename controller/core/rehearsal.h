// Rehearsal: what an order that was played on a copy of the engine's books has changed there.
#pragma once

#include "controller/core/engine_view.h"

namespace understudy::rehearsal {

Rehearsal compare(const EngineView& before, const EngineView& after);

}  // namespace understudy::rehearsal
