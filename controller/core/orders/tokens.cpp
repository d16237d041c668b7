// Orders about the tokens of agents.
#include "controller/core/agent_tokens.h"
#include "controller/core/orders/carry_out.h"
#include "controller/core/orders/parts.h"

namespace understudy::orders {

Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const RotateToken& order) {
    const Server* known = context.fleet().server(order.server);
    if (known == nullptr) return unknown("server", order.server.value);
    Server server = *known;
    server.next_token_hash = order.token_hash;
    server.next_token_prefix = order.token_prefix;
    agent_tokens::make_code(context, server, order.code_hash);
    LogLine line = line_of(by, EventType::ServerTokenMade,
                           "New agent token made; the old one counts until it is used");
    if (!known->next_token_hash.empty() && known->next_token_hash == known->code_taken_for) {
        line.reason +=
            ". The one that its agent was enrolled with and has not used yet is void: enroll it "
            "again before it restarts";
    }
    if (order.at_once) {
        agent_tokens::void_old(context, server);
        line.type = EventType::ServerTokenRotated;
        line.reason = "Agent token replaced; the old one is void";
    }
    line.server = order.server;
    context.tx.put(std::move(server));
    context.tx.log(std::move(line));
    return OrderDone{order.server.value};
}

// Whose answer was lost asks again with the same token: it is the same enrolment, however late.
Result<OrderDone> carry_out(StepContext& context, const OrderContext& by,
                            const EnrollAgent& order) {
    const Server* known = context.fleet().server_with_code(order.code_hash);
    if (known == nullptr)
        return not_found("this enrolment code is not known", agent_tokens::another_code("NAME"));
    const OrderDone done{known->id.value};
    if (known->code_taken_for == order.token_hash) return done;
    const std::string whose = "the enrolment code of server '" + known->name + "' ";
    if (context.wall() >= known->code_until) {
        return conflict(whose + "ended at " + to_rfc3339(known->code_until),
                        agent_tokens::another_code(known->name));
    }
    if (!known->code_taken_for.empty()) {
        return conflict(whose + "was used already", agent_tokens::another_code(known->name));
    }
    if (context.fleet().server_with_token_prefix(order.token_prefix) != nullptr)
        return conflict("a token that begins like this one is in use", "draw another");
    Server server = *known;
    server.code_taken_for = order.token_hash;
    server.next_token_hash = order.token_hash;
    server.next_token_prefix = order.token_prefix;
    LogLine line =
        line_of(by, EventType::ServerEnrolled, "Its agent was enrolled with a token of its own");
    line.server = server.id;
    context.tx.put(std::move(server));
    context.tx.log(std::move(line));
    return done;
}

}  // namespace understudy::orders
