// People's orders that move a pool, or keep it where it is.
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/pool_answer.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

void give_failback(const Call& call, PoolId pool) {
    FailbackPool order{pool, false};
    if (!read_body(call, [&](Fields& fields) { order.force = read_force(fields); })) return;
    give_order(call, order, show_pool_after(call, pool));
}

void give_switch(const Call& call, bool to_is_needed) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr) return;
    SwitchPool order{pool->id, {}, {}, false};
    const auto read = [&](Fields& fields) {
        if (to_is_needed && !fields.has("to")) {
            fields.complain("to", "this is missing", "name the member that shall serve");
        }
        order.to = read_member(call.api.fleet(), fields, "to", *pool);
        order.wish = read_why(fields);
        order.force = read_force(fields);
    };
    if (!read_body(call, read)) return;
    give_order(call, std::move(order), show_pool_after(call, pool->id));
}

template <typename EndingOrder>
void end_for_pool(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr || !read_no_body(call)) return;
    give_order(call, EndingOrder{pool->id},
               [](const Context&, std::int64_t) { return no_content(); });
}

}  // namespace

void switch_pool(const Call& call) {
    give_switch(call, true);
}

void failover_pool(const Call& call) {
    give_switch(call, false);
}

void failback_pool(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool != nullptr) give_failback(call, pool->id);
}

// A domain moves with its pool: all domains of the pool go back.
void failback_domain(const Call& call) {
    const auto domain = find_domain(call.api.fleet(), call.capture());
    if (!domain) return call.refuse(domain.error());
    give_failback(call, (*domain)->pool);
}

void hold_pool(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr) return;
    HoldPool order{pool->id, {}, {}, false};
    const auto read = [&](Fields& fields) {
        order.pinned = read_member(call.api.fleet(), fields, "pin", *pool);
        order.wish = read_wish(fields);
        order.force = read_force(fields);
    };
    if (!read_body(call, read)) return;
    give_order(call, std::move(order), show_pool_after(call, pool->id));
}

void release_pool(const Call& call) {
    end_for_pool<ReleasePool>(call);
}

void observe_pool(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr) return;
    ObservePool order{pool->id, {}};
    if (!read_body(call, [&](Fields& fields) { order.wish = read_wish(fields); })) return;
    give_order(call, std::move(order), show_pool_after(call, pool->id));
}

void unobserve_pool(const Call& call) {
    end_for_pool<UnobservePool>(call);
}

}  // namespace understudy::api
