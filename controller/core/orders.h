// Orders: what people may tell the engine to do. Each is checked whole before anything is changed;
// the error says field, value and remedy.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const Order& order);

}  // namespace understudy::orders
