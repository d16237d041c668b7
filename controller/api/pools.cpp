// Pools themselves: their members and their policy. What moves or holds one: pool_orders.cpp.
#include "base/domain_name.h"
#include "base/policy_fields.h"
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/pool_answer.h"
#include "controller/api/views.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

AddPool read_pool(const Context& api, Fields& fields) {
    AddPool order;
    const std::string name = fields.required_text("name");
    if (!name.empty()) order.name = fields.take(read_label("name", name)).value_or("");
    order.members = read_members(api.fleet(), fields);
    if (fields.has("policy")) {
        order.policy = read_policy(fields.object("policy"), api.settings.default_policy,
                                   api.settings.allow_private_addresses);
    }
    return order;
}

// The engine speaks of a policy inside a body; here the body is the policy.
Error at_top(Error error) {
    constexpr std::string_view kPrefix = "policy.";
    if (error.field.starts_with(kPrefix)) error.field.erase(0, kPrefix.size());
    return error;
}

}  // namespace

AfterCommit show_pool_after(const Call& call, PoolId pool) {
    return [pool, now = call.now, wall = call.wall](const Context& api, std::int64_t) {
        return shown(api.fleet().pool(pool), [&](json::Writer& out, const Pool& found) {
            write_pool(out, api, found, now, wall);
        });
    };
}

const Pool* pool_asked_for(const Call& call) {
    const auto pool = find_pool(call.api.fleet(), call.capture());
    if (pool) return *pool;
    call.refuse(pool.error());
    return nullptr;
}

void list_pools(const Call& call) {
    answer_list(call, call.api.fleet().pools(), [&](json::Writer& out, const Pool& pool) {
        write_pool(out, call.api, pool, call.now, call.wall);
    });
}

void show_pool(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr) return;
    call.respond(show_pool_after(call, pool->id)(call.api, 0));
}

void add_pool(const Call& call) {
    AddPool order;
    if (!read_body(call, [&](Fields& fields) { order = read_pool(call.api, fields); })) return;
    const std::string location = "/api/v1/pools/" + order.name;
    const AfterCommit show = [now = call.now, wall = call.wall](const Context& api,
                                                                std::int64_t id) {
        return shown(api.fleet().pool(PoolId{id}), [&](json::Writer& out, const Pool& found) {
            write_pool(out, api, found, now, wall);
        });
    };
    give_order(call, std::move(order), as_created(show, location));
}

void remove_pool(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr || !read_no_body(call)) return;
    give_order(call, RemovePool{pool->id},
               [](const Context&, std::int64_t) { return no_content(); });
}

void set_members(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr) return;
    SetMembers order{pool->id, {}, false};
    const auto read = [&](Fields& fields) {
        order.members = read_members(call.api.fleet(), fields);
        order.force = read_force(fields);
    };
    if (!read_body(call, read)) return;
    give_order(call, std::move(order), show_pool_after(call, pool->id));
}

// The fields that are left out stay as they are.
void set_policy(const Call& call) {
    const Pool* pool = pool_asked_for(call);
    if (pool == nullptr) return;
    SetPolicy order{pool->id, {}};
    const auto read = [&](Fields& fields) {
        if (fields.empty()) fields.complain("", "nothing to change is given", "give a field");
        order.policy =
            read_policy_fields(fields, pool->policy, call.api.settings.allow_private_addresses);
    };
    if (!read_body(call, read)) return;
    call.api.desk.give(call.who, order,
                       [api = &call.api, respond = call.respond,
                        show = show_pool_after(call, pool->id)](const Result<OrderDone>& done) {
                           respond(done ? show(*api, done->id) : problem(at_top(done.error())));
                       });
}

}  // namespace understudy::api
