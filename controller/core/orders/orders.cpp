#include "controller/core/orders/orders.h"

#include "controller/core/orders/carry_out.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const OrderAction& action) {
    return std::visit([&](const auto& order) { return carry_out(context, by, order); }, action);
}

OrderDone carry_out(StepContext& context, const OrderBatch& batch,
                    std::vector<RefusedOrder>& refused) {
    OrderDone all;
    for (std::size_t i = 0; i < batch.actions.size(); ++i) {
        auto done = carry_out(context, batch.context, batch.actions[i]);
        if (done) {
            all.ids.push_back(done->id);
        } else {
            refused.push_back({i, done.error()});
        }
    }
    return all;
}

}  // namespace understudy::orders
