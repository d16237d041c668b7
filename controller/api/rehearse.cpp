// POST /api/v1/rehearse: what an order that gives something back to automation would move. Nothing
// is changed. Orders whose name is the move itself need none.
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

using Read = OrderAction (*)(const Fleet& fleet, Fields& fields);

PoolId read_pool_key(const Fleet& fleet, Fields& fields) {
    const std::string key = fields.required_text("pool");
    if (key.empty()) return {};
    const auto pool = fields.take(as_field(find_pool(fleet, key), "pool"));
    return pool ? (*pool)->id : PoolId{};
}

struct Known {
    const char* word;
    Read read;
};

constexpr Known kOrders[] = {
    {"release",
     [](const Fleet& fleet, Fields& fields) -> OrderAction {
         return ReleasePool{read_pool_key(fleet, fields)};
     }},
    {"unobserve",
     [](const Fleet& fleet, Fields& fields) -> OrderAction {
         if (!fields.has("pool")) return UnobserveAll{};
         return UnobservePool{read_pool_key(fleet, fields)};
     }},
    {"resume", [](const Fleet&, Fields&) -> OrderAction { return ResumeAll{}; }},
    {"accept_losses", [](const Fleet&, Fields&) -> OrderAction { return AcceptLosses{}; }},
};

std::optional<OrderAction> read_order(const Fleet& fleet, Fields& fields) {
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

ApiResponse show_rehearsal(const Fleet& fleet, const Rehearsal& rehearsal) {
    json::Writer out;
    out.begin_object().key("domains").begin_array();
    for (const MovedDomain& domain : rehearsal.domains) {
        out.begin_object().field("name", domain.name);
        write_content(out, "from", domain.from);
        write_content(out, "to", domain.to);
        out.end_object();
    }
    out.end_array().key("later").begin_array();
    for (const Rehearsal::Later& later : rehearsal.later) {
        const Pool* pool = fleet.pool(later.pool);
        out.begin_object().field("pool", pool == nullptr ? std::string{} : pool->name);
        out.field("next", later.next).field("moves", later.moves).end_object();
    }
    out.end_array().end_object();
    return json_response(out.take());
}

}  // namespace

void rehearse(const Call& call) {
    std::optional<OrderAction> order;
    const auto read = [&](Fields& fields) { order = read_order(call.api.fleet(), fields); };
    if (!read_body(call, read)) return;
    const Rehearsal rehearsal = call.api.engine.rehearse({*std::move(order)}, call.now);
    if (!rehearsal.refused.empty()) return call.refuse(rehearsal.refused.front().error);
    call.respond(show_rehearsal(call.api.fleet(), rehearsal));
}

}  // namespace understudy::api
