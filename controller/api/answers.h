// What an answer shows of one thing: when it is asked for, and once an order about it is committed.
// It may be gone by then: orders of the same turn are committed together. Loop thread only.
#pragma once

#include "controller/api/call.h"
#include "controller/api/lookup.h"

namespace understudy::api {

using Show = ApiResponse (*)(const Context& api, std::int64_t id, const Moment& at);

ApiResponse the_server(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_pool(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_domain(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_provider(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_channel(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_token(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_incident(const Context& api, std::int64_t id, const Moment& at);
ApiResponse the_controls(const Context& api, std::int64_t id, const Moment& at);
ApiResponse nothing(const Context& api, std::int64_t id, const Moment& at);  // 204
// 202: the notification is in the outbox; how it went is seen at /api/v1/notifications/{id}.
ApiResponse the_test_sent(const Context& api, std::int64_t id, const Moment& at);

AfterCommit showing(const Call& call, Show show);

// The handler that shows what the path names.
template <typename IdType, Show the_thing>
void show(const Call& call) {
    IdType id;
    const auto found = find_id(call.api.fleet(), call.capture(), id);
    if (!found) return call.refuse(found.error());
    call.respond(the_thing(call.api, id.value, {call.now, call.wall}));
}

}  // namespace understudy::api
