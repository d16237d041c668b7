// What one step's workers share: the time, the transaction, and the engine's volatile books.
#pragma once

#include "base/clock.h"
#include "controller/core/deadlines.h"
#include "controller/core/engine.h"
#include "controller/core/guard.h"
#include "controller/core/health.h"
#include "controller/core/transaction.h"

namespace understudy {

class Announcer;

struct StepContext {
    Instant now;
    Transaction& tx;
    LivenessBook& liveness;
    Deadlines& deadlines;
    Guard& guard;
    Announcer& announcer;
    const EngineTimings& timings;
    const Policy& default_policy;

    const Fleet& fleet() const { return tx.fleet(); }
};

}  // namespace understudy
