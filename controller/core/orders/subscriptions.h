// Channels that are narrowed to pools: such a pool is not removed from under its channel, which
// would hear nothing ever again.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::orders {

// Refused while a channel names the pool.
Result<Done> check_unsubscribed(const Fleet& fleet, const Pool& pool);

// For an implicit pool that its last domain leaves: true when a channel names it. It is an ordinary
// pool from then on.
bool kept_for_channel(StepContext& context, const OrderContext& by, PoolId id);

}  // namespace understudy::orders
