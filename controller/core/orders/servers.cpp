// Orders about servers.
#include "controller/core/agent_tokens.h"
#include "controller/core/alarms.h"
#include "controller/core/candidates.h"
#include "controller/core/losses.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/server_address.h"

namespace understudy::orders {
namespace {

// Two servers with one address could not be told apart in a record.
std::optional<Error> address_taken(const Fleet& fleet, const Ipv4& ipv4,
                                   const std::optional<Ipv6>& ipv6, ServerId itself) {
    for (const Server* other : fleet.servers()) {
        if (other->id == itself) continue;
        const auto clash = [&](const std::string& address) {
            return conflict(address + " belongs to server '" + other->name + "'",
                            "each server needs an address of its own");
        };
        if (other->ipv4 == ipv4) return clash("ipv4 " + to_string(ipv4));
        if (ipv6 && other->ipv6 == ipv6) return clash("ipv6 " + to_string(*ipv6));
    }
    return std::nullopt;
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddServer& order) {
    if (context.fleet().server_named(order.name) != nullptr) return taken("server", order.name);
    if (const auto clash = address_taken(context.fleet(), order.ipv4, order.ipv6, {}))
        return *clash;
    Server server;
    server.id = context.tx.next_id<ServerId>();
    server.name = order.name;
    server.ipv4 = order.ipv4;
    server.ipv6 = order.ipv6;
    server.labels = order.labels;
    server.token_hash = order.token_hash;
    server.token_prefix = order.token_prefix;
    server.dynamic = order.dynamic;
    agent_tokens::make_code(context, server, order.code_hash);
    const OrderDone done{server.id.value};
    LogLine line = line_of(by, EventType::ServerAdded, "Server added");
    line.server = server.id;
    line.to = to_string(server.addresses());
    context.tx.put(std::move(server));
    context.tx.log(std::move(line));
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const EditServer& order) {
    const Server* known = context.fleet().server(order.server);
    if (known == nullptr) return unknown("server", order.server.value);
    Server server = *known;
    // What the order leaves out is as it is now, not as it was when somebody looked.
    if (order.ipv4) server.ipv4 = *order.ipv4;
    if (order.ipv6) server.ipv6 = *order.ipv6;
    if (order.labels) server.labels = *order.labels;
    if (order.dynamic) server.dynamic = *order.dynamic;
    if (const auto clash = address_taken(context.fleet(), server.ipv4, server.ipv6, order.server))
        return *clash;
    std::string said = "Server changed";
    const bool moved = server.addresses() != known->addresses();
    const bool contradicts = moved && !candidates::agrees(context, *known, server);
    if (contradicts && server.dynamic && !order.dynamic) {
        // Else the agent, which goes on reporting the other address, would undo it.
        server.dynamic = false;
        said += "; its address does not follow its agent any more (dynamic is off)";
    }
    // Where a person says what it is, nothing was followed.
    if (contradicts && server.ipv4 != known->ipv4) server.followed_ipv4.clear();
    if (contradicts && server.ipv6 != known->ipv6) server.followed_ipv6.clear();
    server_address::change(context, std::move(server), line_of(by, EventType::ServerChanged, said));
    if (moved) {
        candidates::ordered(context, order.server);
    } else {
        candidates::review(context, order.server);
    }
    return OrderDone{order.server.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveServer& order) {
    const Server* server = context.fleet().server(order.server);
    if (server == nullptr) return unknown("server", order.server.value);
    const auto& pools = context.fleet().pools_of(order.server);
    if (!pools.empty()) {
        const Pool& pool = *context.fleet().pool(pools.front());
        return conflict("server '" + server->name + "' is a member of pool '" + pool.name + "' (" +
                            std::to_string(context.fleet().domains_of(pool.id).size()) +
                            " domains)",
                        "take it out of the pool first ('understudyctl pool set-members')");
    }
    LogLine line = line_of(by, EventType::ServerRemoved, "Server removed");
    line.server = order.server;
    line.from = to_string(server->addresses());
    if (server->alarm == Alarm::None) {
        context.tx.log(std::move(line));
    } else {
        alarms::end_with(context, *server, std::move(line));
    }
    context.deadlines.clear({DeadlineKey::Kind::Alarm, order.server.value});
    context.liveness.forget(order.server);
    context.testimony.forget(order.server, context.now);
    context.readiness.forget(order.server);
    context.steadiness.forget(order.server);
    context.machines.forget(order.server);
    candidates::forget(context, order.server);
    context.tx.erase(order.server);
    // Last: it may end the doubt about a mass loss, and then every server is looked at.
    losses::forget(context, order.server);
    return OrderDone{order.server.value};
}

}  // namespace understudy::orders
