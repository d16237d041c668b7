// What one step's workers share: the time, the transaction, and the engine's volatile books.
#pragma once

#include "base/clock.h"
#include "controller/core/candidate_book.h"
#include "controller/core/deadlines.h"
#include "controller/core/engine.h"
#include "controller/core/engine_view.h"
#include "controller/core/guards.h"
#include "controller/core/health.h"
#include "controller/core/incident_book.h"
#include "controller/core/machines.h"
#include "controller/core/readiness_book.h"
#include "controller/core/steadiness.h"
#include "controller/core/testimony.h"
#include "controller/core/transaction.h"
#include "controller/core/wall_clock.h"

namespace understudy {

class Announcer;

struct StepContext {
    Instant now;
    Transaction& tx;
    LivenessBook& liveness;
    TestimonyBook& testimony;
    ReadinessBook& readiness;
    MachineBook& machines;
    CandidateBook& candidates;
    IncidentBook& incidents;
    Deadlines& deadlines;
    Guards& guards;
    Announcer& announcer;
    Steadiness& steadiness;
    WallClock& clock;
    const EngineTimings& timings;
    const Policy& default_policy;

    const Fleet& fleet() const { return tx.fleet(); }
    WallTime wall() const { return clock.at(now); }
    EngineView view() const {
        return {now,       wall(),    fleet(), liveness, testimony,
                readiness, incidents, guards,  timings,  default_policy};
    }
};

}  // namespace understudy
