#include "ctl/pool_order.h"

#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/pool_named.h"

namespace understudy::ctl {
namespace {

std::string ending(json::Value pool, const PlainOrder& order) {
    const std::string name = name_in(pool);
    std::string out = "Pool " + name + " is served by " + serving_text(pool) + ".\n";
    // A failover may have led home again, where nothing has to end.
    const bool home =
        order.path.ends_with("/failover") && text_of(pool["preferred"]["server"]).empty();
    if (!order.said.empty() && !home) out += order.said + name + "\n";
    return out;
}

// Automation may have moved on while the records were written.
int complain_of_turn(Session& session, json::Value pool) {
    return session.complain(kUnfinished,
                            conflict("pool " + name_in(pool) + " has moved on since, to " +
                                         serving_text(pool) + ": " + text_of(pool["reason"]),
                                     "why: understudyctl events --pool " + name_in(pool)));
}

int see_pool_through(Session& session, const Arguments& arguments, const PlainOrder& order,
                     const json::Document& answer, Duration timeout) {
    const json::Value pool = answer.root();
    const std::string goes = "Pool " + name_in(pool) + " goes to " + serving_text(pool) + ": " +
                             domains_text(pool) + ".";
    if (arguments.flag("no-wait")) {
        return session.show(answer,
                            [&](json::Value) { return goes + " Watch it: understudyctl watch\n"; });
    }
    if (!session.json()) session.print(goes + "\n");
    const int code = await_records(session, *records_of_pool(session, pool), timeout);
    if (code != kOk && code != kUnfinished) return code;
    const auto after = session.get("/pools" + path_part(name_in(pool)));
    if (!after) return session.failure();
    if (session.json()) session.show(*after, nullptr);
    if (code != kOk) return code;
    if (after->root()["epoch"].integer() != pool["epoch"].integer())
        return complain_of_turn(session, after->root());
    if (!session.json()) session.print(ending(after->root(), order));
    return kOk;
}

}  // namespace

PlainOrder moves_pool(const char* method, const char* what, std::string stays, Fill fill) {
    PlainOrder order{method, std::string{"/pools/{pool}"} + what, std::move(stays)};
    order.fill = fill;
    order.seen_through = see_pool_through;
    return order;
}

}  // namespace understudy::ctl
