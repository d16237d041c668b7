// Reminders: while something stays broken, a channel that wants it hears of it again. Looked at
// with every maintenance loop. Used by the engine's parts within one step.
//
// One message for all of it (troubles.h), of what the channel takes and nobody has acknowledged; in
// quiet hours of what cannot wait. A channel that hears only of what nobody acknowledged in time is
// reminded of that alone. The time is that of the channel, counted from when the first of it was
// there, and stands in its row.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::reminders {

void look(StepContext& context);

}  // namespace understudy::reminders
