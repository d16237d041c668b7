// Overrides that end by themselves: what a person forced until a time of day.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::overrides {

// Sets the deadline of the thing's override (DeadlineKey::Kind::Override, the thing's id; 0 for the
// controls). Called after every change to one; all of them at the start and when the wall clock was
// stepped.
void arm(StepContext& context, std::int64_t thing);
void arm_all(StepContext& context);

// The deadline has come: lifts what has ended.
void due(StepContext& context, std::int64_t thing);

// Lifts a server's maintenance. who: empty when it ended by itself.
void end_maintenance(StepContext& context, ServerId server, const std::string& who);
void end_hold(StepContext& context, PoolId pool, const std::string& who);
void end_dry_run(StepContext& context, PoolId pool, const std::string& who);
void end_pause(StepContext& context, const std::string& who);
void end_dry_run_of_all(StepContext& context, const std::string& who);

}  // namespace understudy::overrides
