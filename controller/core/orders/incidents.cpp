// Orders about incidents.
#include "controller/core/incidents.h"

#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const Acknowledge& order) {
    const Incident* incident = context.fleet().incident(order.incident);
    if (incident == nullptr) return unknown("incident", order.incident.value);
    if (incident->acknowledged) {
        return conflict("incident " + to_string(incident->id) + " was acknowledged by " +
                            incident->acknowledged->who + " at " +
                            to_rfc3339(incident->acknowledged->since),
                        "nothing to do");
    }
    incidents::acknowledge(context, order.incident, by.who, order.wish.why);
    return OrderDone{order.incident.value};
}

}  // namespace understudy::orders
