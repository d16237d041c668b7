// Orders about drills.
#include "controller/core/drills.h"

#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const RunDrill& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    constexpr std::chrono::seconds kShortest{10}, kLongest{3600};
    if (order.stay < kShortest || order.stay > kLongest) {
        return invalid("stay_s", std::to_string(order.stay.count()) + " is out of range",
                       "give 10 to 3600 seconds");
    }
    const auto to = drills::stand_by(context, *pool, order.to);
    if (!to) return to.error();
    drills::start(context, order.pool, {*to, by.who, order.wish.why, order.stay, false});
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const EndDrill& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    if (!pool->drill)
        return conflict("no drill of pool '" + pool->name + "' is under way", "nothing to do");
    if (pool->drill->phase == DrillPhase::Home) {
        return conflict("the drill of pool '" + pool->name + "' is on its way home already",
                        "it ends when its records are confirmed there");
    }
    drills::end(context, order.pool, by.who);
    return OrderDone{order.pool.value};
}

}  // namespace understudy::orders
