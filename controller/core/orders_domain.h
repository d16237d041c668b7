// Orders about domains: binding a record, letting it go, and a person's word on a conflict.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddDomain& order);
Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveDomain& order);
Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AdoptDomain& order);
Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const EnforceDomain& order);

}  // namespace understudy::orders
