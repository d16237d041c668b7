// Books: everything that a step may change. All of it can be undone: a batch of which one order is
// refused leaves nothing behind, and a rehearsal nothing at all. That costs what they touch, and a
// copy of the guards: a few words, and of each server that is missing. Owned by the engine.
#pragma once

#include "base/undo_log.h"
#include "controller/core/announcer.h"
#include "controller/core/candidate_book.h"
#include "controller/core/deadlines.h"
#include "controller/core/fleet.h"
#include "controller/core/guards.h"
#include "controller/core/health.h"
#include "controller/core/incident_book.h"
#include "controller/core/machines.h"
#include "controller/core/readiness_book.h"
#include "controller/core/steadiness.h"
#include "controller/core/testimony.h"
#include "controller/core/wall_clock.h"

namespace understudy {

struct Books {
    Books(const EngineTimings& timings, const Policy& policy, std::int64_t id, Instant now,
          WallTime wall)
        : last_id(log, id),
          liveness(log, policy.health_timeout_s),
          guards(log, Guards{now, timings.warm_up, timings.stall_grace, timings.guards}),
          clock(log, WallClock{now, wall}) {}

    UndoLog log;
    UndoValue<std::int64_t> last_id;
    Fleet fleet{log};
    LivenessBook liveness;
    TestimonyBook testimony{log};
    ReadinessBook readiness{log};
    MachineBook machines{log};
    CandidateBook candidates{log};
    IncidentBook incidents{log};
    Deadlines deadlines{log};
    UndoValue<Guards> guards;
    Announcer announcer{log};
    Steadiness steadiness{log, SteadinessLimits{}};
    UndoValue<WallClock> clock;
    UndoValue<bool> started{log, false};
};

}  // namespace understudy
