// Outages (rule 6): no member of a pool is healthy. Told once at its start and once at its end,
// whether or not a fallback address is published meanwhile.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::outages {

void start(StepContext& context, PoolId pool, bool to_fallback);
void end(StepContext& context, PoolId pool);

// The incident that a pool leaving home belongs to: its outage's, that of a member people were told
// of, or a new one.
IncidentId incident_of(StepContext& context, const Pool& pool);

}  // namespace understudy::outages
