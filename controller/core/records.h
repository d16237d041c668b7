// Records: desired against confirmed, per domain. What should be published is set by aim(); what
// the dispatcher reports about the provider arrives in the on_...() functions. Rules 7, 11 and 12.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::records {

// The record of the domain should have what its pool's target has. Lowers the TTL away from the
// primary and restores it on it.
void aim(StepContext& context, DomainId domain);
void aim_all(StepContext& context, PoolId pool);  // every domain of the pool

// A drill that moved the pool untold has ended away from home: what is there already is told.
void tell_away(StepContext& context, PoolId pool);

void on_confirmed(StepContext& context, const RecordConfirmed& input);
void on_refused(StepContext& context, const RecordRefused& input);
void still_throttled(StepContext& context, DomainId domain);  // DeadlineKey::Kind::Throttled
void on_observed(StepContext& context, const RecordObserved& input);

// A person's word on a conflict. observed is what the provider serves now.
void adopt(StepContext& context, DomainId domain, const RecordState& observed);
void ignore(StepContext& context, DomainId domain, const Override& forced);
void enforce(StepContext& context, DomainId domain, const RecordState& observed);

}  // namespace understudy::records
