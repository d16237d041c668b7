#include "controller/core/orders/orders.h"

#include "controller/core/orders/carry_out.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const OrderAction& action) {
    return std::visit([&](const auto& order) { return carry_out(context, by, order); }, action);
}

Result<OrderDone> carry_out(StepContext& context, const OrderBatch& batch) {
    OrderDone all;
    for (std::size_t i = 0; i < batch.actions.size(); ++i) {
        auto done = carry_out(context, batch.context, batch.actions[i]);
        if (!done) {
            Error error = done.error();
            error.message = "order " + std::to_string(i) + ": " + error.message;
            return error;
        }
        all.ids.push_back(done->id);
    }
    return all;
}

}  // namespace understudy::orders
