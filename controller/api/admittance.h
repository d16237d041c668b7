// What lets a new agent in: a token, and a one-time code in place of which it has one of its own
// taken. Both are told once. Loop thread only.
#pragma once

#include "base/crypto.h"
#include "base/json.h"
#include "controller/api/call.h"

namespace understudy::api {

struct Admittance {
    Secret token = make_token("usa");
    Secret code = make_token("use");

    // What is kept of them.
    template <typename OrderType>
    void put_into(OrderType& order) const {
        order.token_hash = token_hash(token.reveal());
        order.token_prefix = token_lookup_prefix(token.reveal()).value_or("");
        order.code_hash = token_hash(code.reveal());
    }
    // "token" and "enrolment" of the server that has them by now.
    void write(json::Writer& out, const Context& api, const Server& server) const;
};

}  // namespace understudy::api
