#include "controller/core/orders/subscriptions.h"

#include <algorithm>

#include "controller/core/orders/parts.h"

namespace understudy::orders {
namespace {

const Channel* channel_of(const Fleet& fleet, PoolId pool) {
    for (const Channel* channel : fleet.channels()) {
        if (std::ranges::find(channel->pools, pool) != channel->pools.end()) return channel;
    }
    return nullptr;
}

}  // namespace

Result<Done> check_unsubscribed(const Fleet& fleet, const Pool& pool) {
    const Channel* channel = channel_of(fleet, pool.id);
    if (channel == nullptr) return Done{};
    return conflict("channel '" + channel->name + "' is narrowed to pool '" + pool.name +
                        "' and would hear nothing any more",
                    "remove the channel first ('understudyctl channel remove'), or apply a file "
                    "that no longer names the pool there");
}

bool kept_for_channel(StepContext& context, const OrderContext& by, PoolId id) {
    const Channel* channel = channel_of(context.fleet(), id);
    if (channel == nullptr) return false;
    LogLine line = line_of(
        by, EventType::PoolKept,
        "Its last domain left; kept because channel '" + channel->name + "' is narrowed to it");
    line.pool = id;
    context.tx.edit(id).implicit = false;
    context.tx.log(std::move(line));
    return true;
}

}  // namespace understudy::orders
