// Orders about notification channels.
#include "controller/core/announcer.h"
#include "controller/core/escalation.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"
#include "controller/core/quiet.h"

namespace understudy::orders {
namespace {

Result<std::vector<PoolId>> subscribed_pools(const Fleet& fleet, const Channel& channel,
                                             const std::vector<std::string>& names) {
    for (const PoolId pool : channel.pools) {
        if (fleet.pool(pool) == nullptr) return unknown("pool", pool.value);
    }
    auto pools = pools_named(fleet, names);
    if (pools) pools->insert(pools->begin(), channel.pools.begin(), channel.pools.end());
    return pools;
}

}  // namespace

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by, const AddChannel& order) {
    if (context.fleet().channel_named(order.channel.name) != nullptr) {
        return taken("channel", order.channel.name);
    }
    auto pools = subscribed_pools(context.fleet(), order.channel, order.pool_names);
    if (!pools) return pools.error();
    Channel channel = order.channel;
    channel.pools = std::move(pools).value();
    channel.id = context.tx.next_id<ChannelId>();
    const OrderDone done{channel.id.value};
    context.tx.log(line_of(by, EventType::ChannelAdded,
                           "Channel '" + channel.name + "' (" + channel.kind + ") added"));
    context.tx.put(std::move(channel));
    quiet::review(context, ChannelId{done.id});
    escalation::review(context, ChannelId{done.id});
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const EditChannel& order) {
    const Channel* known = context.fleet().channel(order.channel.id);
    if (known == nullptr) return unknown("channel", order.channel.id.value);
    auto pools = subscribed_pools(context.fleet(), order.channel, order.pool_names);
    if (!pools) return pools.error();
    Channel channel = order.channel;
    channel.name = known->name;
    channel.kind = known->kind;
    channel.disabled = known->disabled;
    channel.reminded = known->reminded;
    channel.escalation = known->escalation;
    channel.pools = std::move(pools).value();
    if (channel.sealed_settings.empty()) channel.sealed_settings = known->sealed_settings;
    const OrderDone done{channel.id.value};
    context.tx.log(
        line_of(by, EventType::ChannelChanged, "Channel '" + channel.name + "' changed"));
    const bool was_quiet = !known->attention.quiet_hours.empty();
    if (was_quiet && channel.attention.quiet_hours.empty()) context.tx.release(channel.id);
    context.tx.put(std::move(channel));
    quiet::review(context, order.channel.id);
    escalation::review(context, order.channel.id);
    return done;
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RemoveChannel& order) {
    const Channel* channel = context.fleet().channel(order.channel);
    if (channel == nullptr) return unknown("channel", order.channel.value);
    context.tx.log(
        line_of(by, EventType::ChannelRemoved, "Channel '" + channel->name + "' removed"));
    context.tx.erase(order.channel);
    return OrderDone{order.channel.value};
}

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const TestChannel& order) {
    const Channel* channel = context.fleet().channel(order.channel);
    if (channel == nullptr) return unknown("channel", order.channel.value);
    if (channel->disabled) {
        return conflict("channel '" + channel->name + "' is disabled",
                        "enable it again when its receiver is there");
    }
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
    context.tx.log(line_of(by, EventType::ChannelDisabled,
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
    escalation::review(context, channel.id);
    context.tx.log(
        line_of(by, EventType::ChannelEnabled, "Channel '" + channel.name + "' enabled"));
    return OrderDone{order.channel.value};
}

}  // namespace understudy::orders
