#include "base/policy_fields.h"
#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/long_list.h"
#include "controller/api/views.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

constexpr std::size_t kWorkOfPoolView = 60;  // members, policy, restraint and outlook

AddPool read_pool(const Context& api, Fields& fields) {
    AddPool order;
    order.name = fields.label("name");
    order.members = read_members(api.fleet(), fields, "members");
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

void list_pools(const Call& call) {
    answer_long_list(
        call, call.api.fleet().pools(), kWorkOfPoolView,
        [](const Fleet& fleet, PoolId id) { return fleet.pool(id); }, write_pool);
}

void add_pool(const Call& call) {
    AddPool order;
    if (!read_body(call, [&](Fields& fields) { order = read_pool(call.api, fields); })) return;
    const std::string location = "/api/v1/pools/" + order.name;
    give_order(call, std::move(order), as_created(showing(call, the_pool), location));
}

// The fields that are left out stay as they are.
void set_policy(const Call& call) {
    const auto found = find_pool(call.api.fleet(), call.capture());
    if (!found) return call.refuse(found.error());
    const Pool& pool = **found;
    SetPolicy order{pool.id, {}};
    const auto read = [&](Fields& fields) {
        if (fields.empty()) fields.complain("", "nothing to change is given", "give a field");
        order.policy =
            read_policy_fields(fields, pool.policy, call.api.settings.allow_private_addresses);
    };
    if (!read_body(call, read)) return;
    give_to_desk(call, order,
                 [api = &call.api, respond = call.respond,
                  show = showing(call, the_pool)](const Result<OrderDone>& done) {
                     respond(done ? show(*api, done->id) : problem(at_top(done.error())));
                 });
}

}  // namespace understudy::api
