// Orders about a server's maintenance: its domains are moved away first, and it raises no alarm.
#include "controller/core/losses.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/overrides.h"
#include "controller/core/pools.h"
#include "controller/core/situation.h"

namespace understudy::orders {
namespace {

// Where the pool would go without that server; the fallback's target: nowhere.
Target refuge(const StepContext& context, const Pool& pool, ServerId leaving) {
    std::vector<MemberView> members = members_of(context.view(), pool);
    for (MemberView& member : members)
        if (member.server == leaving) member.fitness.standing = Standing::Maintenance;
    return choose_now(members, pool.target, pool.policy, false);
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
        if (context.fleet().domains_of(id).empty()) continue;
        if (!refuge(context, pool, order.server).is_fallback()) continue;
        return conflict(name + " has no other healthy member: its " +
                            std::to_string(context.fleet().domains_of(id).size()) +
                            " domains would be left without one",
                        "bring another member up first, or say force");
    }
    return Done{};
}

// A pin on a server that is taken away by force would stand there and not be so.
void unpin(StepContext& context, const OrderContext& by, PoolId id, ServerId server) {
    const Pool& pool = *context.fleet().pool(id);
    if (!pool.hold || pool.hold->pinned != server) return;
    LogLine line =
        line_of(by, EventType::PoolReleased, "Released: its server went into maintenance");
    line.pool = id;
    line.server = server;
    context.tx.log(std::move(line));
    context.tx.edit(id).hold.reset();
    overrides::arm(context, id.value);
}

void drain(StepContext& context, PoolId id, ServerId server, const std::string& who) {
    const Pool& pool = *context.fleet().pool(id);
    if (pool.target.has(server) && !in_dry_run(context.fleet(), pool)) {
        const Target target = refuge(context, pool, server);
        if (!target.is_fallback()) pools::move(context, id, target, Cause::Maintenance, who);
    }
    pools::evaluate(context, id, pools::Occasion::Loop);
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
    LogLine line = line_of(by, EventType::MaintenanceStarted, "Maintenance started");
    line.server = order.server;
    line.detail = order.wish.why;
    context.tx.log(std::move(line));
    overrides::arm(context, order.server.value);
    losses::review(context, order.server);
    const std::vector<PoolId> pools = context.fleet().pools_of(order.server);
    for (const PoolId pool : pools)
        unpin(context, by, pool, order.server);
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
