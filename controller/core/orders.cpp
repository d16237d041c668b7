#include "controller/core/orders.h"

#include "controller/core/announcer.h"
#include "controller/core/orders_domain.h"
#include "controller/core/pools.h"
#include "controller/core/records.h"

namespace understudy::orders {
namespace {

LogLine line_of(const OrderContext& order, std::string type, std::string reason) {
    LogLine line;
    line.type = std::move(type);
    line.reason = std::move(reason);
    line.who = order.who;
    return line;
}

Error unknown(const char* kind, std::int64_t id) {
    return not_found(std::string{kind} + " " + std::to_string(id) + " does not exist");
}

Error taken(const char* kind, const std::string& name) {
    return conflict(std::string{kind} + " '" + name + "' exists already", "choose another name");
}

// Two servers with one address could not be told apart in a record.
std::optional<Error> address_taken(const Fleet& fleet, const AddServer& order) {
    for (const Server* other : fleet.servers()) {
        if (other->ipv4 == order.ipv4) {
            return conflict(
                "ipv4 " + to_string(order.ipv4) + " belongs to server '" + other->name + "'",
                "each server needs an address of its own");
        }
        if (order.ipv6 && other->ipv6 == order.ipv6) {
            return conflict(
                "ipv6 " + to_string(*order.ipv6) + " belongs to server '" + other->name + "'",
                "each server needs an address of its own");
        }
    }
    return std::nullopt;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddServer& order) {
    if (context.fleet().server_named(order.name) != nullptr) return taken("server", order.name);
    if (const auto clash = address_taken(context.fleet(), order)) return *clash;
    Server server;
    server.id = context.tx.next_id<ServerId>();
    server.name = order.name;
    server.ipv4 = order.ipv4;
    server.ipv6 = order.ipv6;
    server.labels = order.labels;
    server.token_hash = order.token_hash;
    server.token_prefix = order.token_prefix;
    const OrderDone done{server.id.value};
    LogLine line = line_of(by, "server_added", "Server added");
    line.server = server.id;
    line.to = to_string(server.addresses());
    context.tx.put(std::move(server));
    context.tx.log(std::move(line));
    return done;
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
                        "remove those domains, or add them again with other servers, first");
    }
    LogLine line = line_of(by, "server_removed", "Server removed");
    line.server = order.server;
    line.from = to_string(server->addresses());
    context.tx.log(std::move(line));
    context.deadlines.clear({DeadlineKey::Kind::Alarm, order.server.value});
    context.liveness.forget(order.server);
    context.tx.erase(order.server);
    return OrderDone{order.server.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RotateToken& order) {
    const Server* known = context.fleet().server(order.server);
    if (known == nullptr) return unknown("server", order.server.value);
    Server server = *known;
    server.token_hash = order.token_hash;
    server.token_prefix = order.token_prefix;
    context.tx.put(std::move(server));
    LogLine line = line_of(by, "server_token_rotated", "Agent token replaced; the old one is void");
    line.server = order.server;
    context.tx.log(std::move(line));
    return OrderDone{order.server.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const FailbackPool& order) {
    const Pool* pool = context.fleet().pool(order.pool);
    if (pool == nullptr) return unknown("pool", order.pool.value);
    const Server& primary = *context.fleet().server(pool->primary());
    if (!pool->failed_over()) {
        return conflict(
            "pool '" + pool->name + "' already points at its primary '" + primary.name + "'",
            "nothing to do");
    }
    const Liveness& liveness = context.liveness.of(primary.id);
    const Duration timeout = pool->policy.health_timeout_s;
    if (health_of(liveness, context.now, timeout) != Health::Online) {
        return conflict("primary '" + primary.name +
                            "' is not online: " + sentence_of(liveness, context.now, timeout),
                        "bring it back first");
    }
    pools::move(context, order.pool, Target{primary.id}, Cause::PrimaryRecovered, by.who);
    pools::evaluate(context, order.pool, pools::Occasion::MaintenanceLoop);
    return OrderDone{order.pool.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const AddProvider& order) {
    if (context.fleet().provider_named(order.account.name) != nullptr) {
        return taken("provider", order.account.name);
    }
    ProviderAccount account = order.account;
    account.id = context.tx.next_id<ProviderId>();
    const OrderDone done{account.id.value};
    context.tx.log(line_of(by, "provider_added",
                           "Provider '" + account.name + "' (" + account.kind + ") added"));
    context.tx.put(std::move(account));
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveProvider& order) {
    const ProviderAccount* account = context.fleet().provider(order.provider);
    if (account == nullptr) return unknown("provider", order.provider.value);
    for (const Domain* domain : context.fleet().domains()) {
        if (domain->provider != order.provider) continue;
        return conflict("provider '" + account->name + "' serves domain '" + domain->name + "'",
                        "remove its domains first");
    }
    context.tx.log(line_of(by, "provider_removed", "Provider '" + account->name + "' removed"));
    context.tx.erase(order.provider);
    return OrderDone{order.provider.value};
}

// The records are compared at once: what the old credential was refused is then tried again, and
// nobody waits for the maintenance loop to learn whether the new one works.
Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const ReplaceCredential& order) {
    const ProviderAccount* known = context.fleet().provider(order.provider);
    if (known == nullptr) return unknown("provider", order.provider.value);
    ProviderAccount account = *known;
    account.sealed_credential = order.sealed_credential;
    context.tx.log(line_of(by, "provider_credential_replaced",
                           "Credential of provider '" + account.name + "' replaced"));
    context.tx.put(std::move(account));
    context.tx.check_records();
    return OrderDone{order.provider.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddChannel& order) {
    if (context.fleet().channel_named(order.channel.name) != nullptr) {
        return taken("channel", order.channel.name);
    }
    for (const PoolId pool : order.channel.pools) {
        if (context.fleet().pool(pool) == nullptr) return unknown("pool", pool.value);
    }
    Channel channel = order.channel;
    channel.id = context.tx.next_id<ChannelId>();
    const OrderDone done{channel.id.value};
    context.tx.log(line_of(by, "channel_added",
                           "Channel '" + channel.name + "' (" + channel.kind + ") added"));
    context.tx.put(std::move(channel));
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveChannel& order) {
    const Channel* channel = context.fleet().channel(order.channel);
    if (channel == nullptr) return unknown("channel", order.channel.value);
    context.tx.log(line_of(by, "channel_removed", "Channel '" + channel->name + "' removed"));
    context.tx.erase(order.channel);
    return OrderDone{order.channel.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const TestChannel& order) {
    const Channel* channel = context.fleet().channel(order.channel);
    if (channel == nullptr) return unknown("channel", order.channel.value);
    Notice notice;
    notice.type = NoticeType::Test;
    notice.reason = "Test of channel '" + channel->name + "', asked for by " + by.who;
    const auto id = context.tx.next_id<NotificationId>();
    context.tx.enqueue(order.channel, notice, id);
    return OrderDone{id.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const DisableChannel& order) {
    if (context.fleet().channel(order.channel) == nullptr) {
        return unknown("channel", order.channel.value);
    }
    Channel& channel = context.tx.edit(order.channel);
    channel.disabled = true;
    context.tx.log(line_of(by, "channel_disabled",
                           "Channel '" + channel.name + "' disabled: " + order.reason));
    return OrderDone{order.channel.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const EnableChannel& order) {
    const Channel* known = context.fleet().channel(order.channel);
    if (known == nullptr) return unknown("channel", order.channel.value);
    if (!known->disabled) {
        return conflict("channel '" + known->name + "' is not disabled", "nothing to do");
    }
    Channel& channel = context.tx.edit(order.channel);
    channel.disabled = false;
    context.tx.log(line_of(by, "channel_enabled", "Channel '" + channel.name + "' enabled"));
    return OrderDone{order.channel.value};
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const Order& order) {
    return std::visit([&](const auto& action) { return carry_out(context, order.context, action); },
                      order.action);
}

}  // namespace understudy::orders
