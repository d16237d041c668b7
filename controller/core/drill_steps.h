// The steps of a drill: how it begins, goes home and ends, with what is written and told of each.
// For drills.cpp, which decides on them.
#pragma once

#include <string>

#include "controller/core/drills.h"

namespace understudy::drills {

// The row of one that is under way.
Drill& edit(StepContext& context, PoolId pool);
// How it will end, and why; what was noted first stands.
void note(Drill& drill, DrillResult result, std::string why);
// The switchover that it made, and no other.
bool is_its_own(const Preference& preferred, const Drill& drill);
void undo_preference(StepContext& context, PoolId pool);

// Its times, by that.
void shift(StepContext& context, PoolId pool, Duration by);

void go_home(StepContext& context, PoolId pool);
// As it was noted.
void finish(StepContext& context, PoolId pool);
// It ends where the pool is. Whoever hears of moves hears of this one now.
void drop(StepContext& context, PoolId pool, DrillResult result, std::string why);

}  // namespace understudy::drills
