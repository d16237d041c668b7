// Pools: looks at a pool when something about it may have changed, and carries out what selection.h
// chooses, unless a restraint (restraint.h) keeps it from it.
#pragma once

#include <string>

#include "controller/core/selection.h"
#include "controller/core/step_context.h"

namespace understudy::pools {

// Loop: that of rule 2, or its second look at a pool that it found in doubt.
enum class Occasion { Event, Loop };

// Rules 3-6 and 8-10. Arms the pool's deadline for when time alone may change the choice.
void evaluate(StepContext& context, PoolId pool, Occasion occasion);
void evaluate_all_of(StepContext& context, ServerId member);
// Its deadline has come.
void evaluate_due(StepContext& context, PoolId pool);
void evaluate_all(StepContext& context, Occasion occasion);

// Counts a change by automation of all that the pool publishes.
void count_change(StepContext& context, PoolId pool);

// The target stays where a drill brought it (drills.h): for that reason from now on, as after a
// failover.
void stay_away(StepContext& context, PoolId pool, Cause cause);

// Changes the target and aims every domain of the pool at it. `who`: a person's order, which no
// restraint holds and no budget counts; empty: automatic.
void move(StepContext& context, PoolId pool, const Target& target, Cause cause, std::string who);

}  // namespace understudy::pools
