// Orders: what people may tell the engine to do. Each is checked whole before anything is changed;
// the error says field, value and remedy. No restraint holds a person's order.
#pragma once

#include <vector>

#include "controller/core/step_context.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const OrderAction& action);

// In order; a refusal does not end it, so that all are known. With one in `refused` the context's
// state is half-done: the caller takes it back whole.
OrderDone carry_out(StepContext& context, const OrderBatch& batch,
                    std::vector<RefusedOrder>& refused);

}  // namespace understudy::orders
