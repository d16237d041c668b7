// POST /api/v1/rehearse: what an order that gives something back to automation would move. Nothing
// is changed. Orders whose name is the move itself need none.
#include "controller/api/handlers.h"
#include "controller/api/plain_order.h"
#include "controller/api/view_parts.h"

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

constexpr Known kOrders[] = {
    {"release", read_whole<ReleasePool>},
    {"unobserve",
     [](const Fleet& fleet, Fields& fields) {
         return fields.has("pool") ? read_whole<UnobservePool>(fleet, fields) : UnobserveAll{};
     }},
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
    const auto read = [&](Fields& fields) { order = read_known(call.api.fleet(), fields); };
    if (!read_body(call, read)) return;
    const Rehearsal rehearsal =
        call.api.engine.rehearse({*std::move(order)}, call.now, Engine::Later::Asked);
    if (!rehearsal.refused.empty()) return call.refuse(rehearsal.refused.front().error);
    call.respond(show_rehearsal(call.api.fleet(), rehearsal));
}

}  // namespace understudy::api
