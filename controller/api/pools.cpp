#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

void give_failback(const Call& call, PoolId pool) {
    if (!read_no_body(call)) return;
    give_order(call, FailbackPool{pool}, [pool, now = call.now](const Context& api, std::int64_t) {
        return shown(api.fleet().pool(pool), [&](json::Writer& out, const Pool& found) {
            write_pool(out, api, found, now);
        });
    });
}

}  // namespace

void list_pools(const Call& call) {
    if (!read_query(call, [](Query&) {})) return;
    call.respond(json_response(whole_list(
        call.api.fleet().pools(),
        [&](json::Writer& out, const Pool* pool) { write_pool(out, call.api, *pool, call.now); })));
}

void show_pool(const Call& call) {
    const auto pool = find_pool(call.api.fleet(), call.capture());
    if (!pool) return call.refuse(pool.error());
    call.respond(shown(*pool, [&](json::Writer& out, const Pool& found) {
        write_pool(out, call.api, found, call.now);
    }));
}

void failback_pool(const Call& call) {
    const auto pool = find_pool(call.api.fleet(), call.capture());
    if (!pool) return call.refuse(pool.error());
    give_failback(call, (*pool)->id);
}

// A domain moves with its pool: all domains of the pool go back.
void failback_domain(const Call& call) {
    const auto domain = find_domain(call.api.fleet(), call.capture());
    if (!domain) return call.refuse(domain.error());
    give_failback(call, (*domain)->pool);
}

}  // namespace understudy::api
