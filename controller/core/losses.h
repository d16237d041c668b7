// Losses: tells the mass-loss guard who vanished and who is back, and carries out what follows when
// its doubt begins or ends.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::losses {

// Called when a server's health may have changed. Level, not edge.
void review(StepContext& context, ServerId server);
void review_all(StepContext& context);
// Who has not been seen by now counts as lost.
void warm_up_ended(StepContext& context);
// The controller itself was asleep for so long.
void stalled(StepContext& context, Duration late);
// A person says that what is lost is lost indeed.
void accept(StepContext& context);
// Before a server is removed.
void forget(StepContext& context, ServerId server);

}  // namespace understudy::losses
