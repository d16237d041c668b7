// POST /api/v1/rehearse: what an order would move, be it named (those that give something back to
// automation) or the request that would be sent. Nothing is changed.
#include <memory>

#include "controller/api/auth.h"
#include "controller/api/handlers.h"
#include "controller/api/plain_order.h"
#include "controller/api/rehearsal_desk.h"
#include "controller/api/router.h"

namespace understudy::api {
namespace {

using Read = OrderAction (*)(const Fleet& fleet, Fields& fields);

struct Known {
    const char* word;
    Read read;
};

template <typename OrderType>
OrderAction read_whole(const Fleet& fleet, Fields& fields) {
    OrderType order;
    read_rest(fleet, fields, order);
    return order;
}

OrderAction read_end_of_dry_run(const Fleet& fleet, Fields& fields) {
    if (fields.has("pool")) return read_whole<EndDryRun>(fleet, fields);
    return EndDryRunOfAll{};
}

constexpr Known kOrders[] = {
    {"release", read_whole<ReleasePool>},
    {"end_dry_run", read_end_of_dry_run},
    {"unobserve", read_end_of_dry_run},  // as it was called before, for one version
    {"resume", read_whole<ResumeAll>},
    {"accept_losses", [](const Fleet&, Fields&) -> OrderAction { return AcceptLosses{}; }},
};

std::optional<OrderAction> read_known(const Fleet& fleet, Fields& fields) {
    const std::string word = fields.required_text("order");
    std::vector<std::string> words;
    for (const Known& known : kOrders) {
        if (word == known.word) return known.read(fleet, fields);
        words.emplace_back(known.word);
    }
    if (!word.empty()) {
        fields.complain("order", quoted(word) + " is not known here", "one of: " + listed(words));
    }
    return std::nullopt;
}

// A request as it would be sent: it goes the way it would, but to a desk that only rehearses.
struct Rehearsed {
    std::string method, path, body;
};

Rehearsed read_request(Fields& fields) {
    Rehearsed request{fields.required_text("method"), fields.required_text("path"), {}};
    if (const json::Value body = fields.member("body"); body.exists()) request.body = body.text();
    return request;
}

// What a handler uses, for as long as a callback of its keeps the answer.
struct RehearsalStage {
    RehearsalDesk desk;
    Context context;

    explicit RehearsalStage(const Call& call)
        : desk(call.api, call.now, call.respond),
          context(call.api.with(call.api.engine, desk, desk)) {}
};

void rehearse_request(const Call& call, Rehearsed rehearsed) {
    Match found = match(rehearsed.method, rehearsed.path);
    if (found.route == nullptr || rehearsed.method == "GET" || found.route->handler == rehearse ||
        found.route->access == Access::LogIn || found.route->handler == log_out) {
        return call.refuse(invalid("path",
                                   quoted(rehearsed.method + " " + rehearsed.path) + " is no order",
                                   "give method and path of an operation that changes something"));
    }
    if (auto refusal = refusal_of(*found.route, call.caller))
        return call.respond(*std::move(refusal));
    ApiRequest request;
    request.id = call.request.id;
    request.method = std::move(rehearsed.method);
    request.path = std::move(rehearsed.path);
    request.content_type = "application/json";
    request.body = std::move(rehearsed.body);
    request.peer = call.request.peer;
    const auto stage = std::make_shared<RehearsalStage>(call);
    const auto respond = [stage, answer = call.respond](ApiResponse response) {
        answer(std::move(response));
    };
    found.route->handler(Call{stage->context, request, std::move(found.captures), call.now,
                              call.wall, call.caller, respond});
}

}  // namespace

void rehearse(const Call& call) {
    std::optional<OrderAction> order;
    std::optional<Rehearsed> request;
    const auto read = [&](Fields& fields) {
        if (fields.has("path")) {
            request = read_request(fields);
        } else {
            order = read_known(call.api.fleet(), fields);
        }
    };
    if (!read_body(call, read)) return;
    if (request) return rehearse_request(call, *std::move(request));
    const Rehearsal rehearsal =
        call.api.engine.rehearse(call.caller, {*std::move(order)}, call.now, Engine::Later::Asked);
    if (!rehearsal.refused.empty()) return call.refuse(rehearsal.refused.front().error);
    call.respond(show_rehearsal(call.api.fleet(), rehearsal));
}

}  // namespace understudy::api
