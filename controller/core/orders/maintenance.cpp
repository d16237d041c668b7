// Orders about a server's maintenance: its domains are moved away first, and it raises no alarm.
#include "controller/core/losses.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/overrides.h"
#include "controller/core/pools.h"
#include "controller/core/situation.h"

namespace understudy::orders {
namespace {

// Where the pool would go without that server; none: nowhere.
std::optional<Target> refuge(const StepContext& context, const Pool& pool, ServerId leaving) {
    std::vector<ServerId> others;
    std::optional<Target> spare;
    for (const ServerId member : pool.members) {
        if (member == leaving || !healthy(context, pool, member)) continue;
        if (pool.target.has(member)) others.push_back(member);
        if (!spare) spare = Target{member};
    }
    if (!pool.active_active() || others.empty()) return spare;
    return Target{std::move(others)};
}

Result<Done> check_refuge(const StepContext& context, const StartMaintenance& order) {
    for (const PoolId id : context.fleet().pools_of(order.server)) {
        const Pool& pool = *context.fleet().pool(id);
        if (order.force || !pool.target.has(order.server)) continue;
        const std::string name = "pool '" + pool.name + "'";
        if (pool.hold) {
            return conflict(name + " is held on this server",
                            "release the pool first, or say force to take it away anyway");
        }
        if (context.fleet().domains_of(id).empty() || refuge(context, pool, order.server)) continue;
        return conflict(name + " has no other healthy member: its " +
                            std::to_string(context.fleet().domains_of(id).size()) +
                            " domains would be left without one",
                        "bring another member up first, or say force");
    }
    return Done{};
}

void drain(StepContext& context, PoolId id, ServerId server, const std::string& who) {
    const Pool& pool = *context.fleet().pool(id);
    if (pool.target.has(server) && !observed(context.fleet(), pool)) {
        if (auto target = refuge(context, pool, server)) {
            pools::move(context, id, *target, Cause::Maintenance, who);
        }
    }
    pools::evaluate(context, id, pools::Occasion::MaintenanceLoop);
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const StartMaintenance& order) {
    if (context.fleet().server(order.server) == nullptr) {
        return unknown("server", order.server.value);
    }
    auto forced = override_of(context, by, order.wish);
    if (!forced) return forced.error();
    if (auto checked = check_refuge(context, order); !checked) return checked.error();

    context.tx.edit(order.server, [&](Server& server) { server.maintenance = *forced; });
    LogLine line = line_of(by, "maintenance_started", "Maintenance started");
    line.server = order.server;
    line.detail = order.wish.why;
    context.tx.log(std::move(line));
    overrides::arm(context, order.server.value);
    losses::review(context, order.server);
    const std::vector<PoolId> pools = context.fleet().pools_of(order.server);
    for (const PoolId pool : pools)
        drain(context, pool, order.server, by.who);
    return OrderDone{order.server.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const EndMaintenance& order) {
    const Server* server = context.fleet().server(order.server);
    if (server == nullptr) return unknown("server", order.server.value);
    if (!server->maintenance) {
        return conflict("server '" + server->name + "' is not in maintenance", "nothing to do");
    }
    overrides::end_maintenance(context, order.server, by.who);
    return OrderDone{order.server.value};
}

}  // namespace understudy::orders
