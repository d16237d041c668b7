// Guards: everything that makes the engine doubt before it acts, in one place. Volatile; what must
// be remembered over a restart stands in rows (Pool::failovers, ChangeCount, Controls).
#pragma once

#include <map>
#include <string>

#include "controller/core/change_budget.h"
#include "controller/core/guard.h"
#include "controller/core/mass_loss.h"
#include "controller/core/witnesses.h"

namespace understudy {

struct Guards {
    Guards(Instant started, Duration warm_up, Duration stall_grace, const GuardLimits& limits)
        : own(started, warm_up, stall_grace),
          mass_loss(limits),
          witnesses(limits),
          budget(limits) {}

    Guard own;  // warm-up and stall
    MassLoss mass_loss;
    Witnesses witnesses;
    ChangeBudget budget;

    // Which restraint people were told of, per pool (none: of all), so that it is said once.
    std::map<PoolId, std::string> told;
};

}  // namespace understudy
