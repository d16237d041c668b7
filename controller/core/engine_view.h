// EngineView: what may be looked at to judge a pool, without changing anything. Made for one step,
// or for one question between steps.
#pragma once

#include <string>

#include "controller/core/engine.h"
#include "controller/core/guards.h"
#include "controller/core/health.h"
#include "controller/core/incident_book.h"
#include "controller/core/readiness_book.h"
#include "controller/core/testimony.h"

namespace understudy {

// What is said of everything, and shown of every pool that it holds. It is long, and the same until
// the next step.
struct SharedWords {
    std::string mass_loss, missing;
};

struct EngineView {
    Instant now;
    WallTime wall;
    const Fleet& fleet;
    const LivenessBook& liveness;
    const TestimonyBook& testimony;
    const ReadinessBook& readiness;
    const IncidentBook& incidents;
    const Guards& guards;
    const EngineTimings& timings;
    const Policy& default_policy;
    SharedWords* words = nullptr;  // none: within a step
};

}  // namespace understudy
