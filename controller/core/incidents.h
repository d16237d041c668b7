// Incidents: what is broken (troubles.h) as one thing with an id, that people can acknowledge, from
// when it was noticed until all of it is over. Used by the engine's parts within one step.
//
// Nothing opens or ends one: what a step touched is looked at when it is over, and the rows follow.
// Who has acknowledged an incident has acknowledged what it was: when any of it becomes worse, or
// anything else of it breaks, that lapses.
#pragma once

#include <string>

#include "controller/core/step_context.h"

namespace understudy::incidents {

void review_all(StepContext& context);  // the first step
void review(StepContext& context);      // of what this step has touched so far
void finish(StepContext& context);      // the last of it: those end of which nothing is left

// By whom and why; the incident is there and nobody has acknowledged it.
void acknowledge(StepContext& context, IncidentId incident, const std::string& who,
                 const std::string& why);

}  // namespace understudy::incidents
