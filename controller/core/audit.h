// What the log keeps of an order beside its sentence: who gave it and from where, the whole of it,
// and what it was about before and after, as JSON. Secrets are left out by the descriptions
// (Field::hidden). Used by orders/orders.cpp; pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "controller/core/fleet.h"
#include "controller/core/order.h"

namespace understudy::audit {

// The thing that an order is about, field by field, each as JSON; none: there is none (yet).
using Portrait = std::vector<std::pair<std::string, std::string>>;
// `id`: of what the order made, once it is carried out.
Portrait portrait_of(const Fleet& fleet, const OrderAction& action, std::int64_t id = 0);

// {"accessor", "source", "order", "before", "after"}: of the two only what differs.
std::string record_of(const Fleet& fleet, const Caller& by, const OrderAction& action,
                      const Portrait& before, const Portrait& after);

// Whether it is somebody's who called; not what the controller orders itself.
bool wanted(const Caller& by, const OrderAction& action);

}  // namespace understudy::audit
