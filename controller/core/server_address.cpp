#include "controller/core/server_address.h"

#include "controller/core/pools.h"
#include "controller/core/records.h"

namespace understudy::server_address {

EventId change(StepContext& context, Server server, LogLine line) {
    const ServerId id = server.id;
    line.server = id;
    line.from = to_string(context.fleet().server(id)->addresses());
    line.to = to_string(server.addresses());
    const bool moved = line.from != line.to;
    context.tx.put(std::move(server));
    const EventId event = context.tx.log(std::move(line));
    for (const PoolId pool : context.fleet().pools_of(id))
        records::aim_all(context, pool);
    if (!moved) return event;
    // Nobody has reached it there yet.
    context.testimony.forget_about(id, context.now);
    context.readiness.moved(id);
    pools::evaluate_all_of(context, id);
    return event;
}

}  // namespace understudy::server_address
