#include "ctl/pool_order.h"

#include "ctl/confirmation.h"
#include "ctl/display.h"
#include "ctl/pool_named.h"

namespace understudy::ctl {
namespace {

std::string ending(json::Value pool, const PoolOrder& order) {
    const std::string name = name_in(pool);
    std::string out = "Pool " + name + " is served by " + serving_text(pool) + ".\n";
    // A failover may have led home again, where nothing has to end.
    const bool home = order.path == "/failover" && text_of(pool["preferred"]["server"]).empty();
    if (!order.ends_with.empty() && !home) out += order.ends_with + name + "\n";
    return out;
}

// Automation may have moved on while the records were written.
int complain_of_turn(Session& session, json::Value pool) {
    return session.complain(kUnfinished,
                            conflict("pool " + name_in(pool) + " has moved on since, to " +
                                         serving_text(pool) + ": " + text_of(pool["reason"]),
                                     "why: understudyctl events --pool " + name_in(pool)));
}

}  // namespace

int move_pool(Session& session, const Arguments& arguments, const PoolOrder& order) {
    const auto timeout = timeout_of(arguments);
    if (!timeout) return session.complain(kUsage, timeout.error());
    const auto found = find_pool(session, order.word);
    if (!found) return session.failure();
    const std::string name = name_in(found->root());
    const std::string path = "/pools" + path_part(name);
    const auto ordered = order.method == "PUT" ? session.put(path + order.path, order.body)
                                               : session.post(path + order.path, order.body);
    if (!ordered) return session.failure();
    const json::Value pool = ordered->root();
    if (arguments.flag("no-wait")) {
        return session.show(*ordered, [&](json::Value root) {
            return "Pool " + name + " goes to " + serving_text(root) + ": " + domains_text(root) +
                   ". Watch it: understudyctl watch\n";
        });
    }
    if (!session.json()) {
        session.print("Pool " + name + " goes to " + serving_text(pool) + ": " +
                      domains_text(pool) + ".\n");
    }
    const int code = await_records(
        session, {"pool=" + url_part(name), pool["domains"].integer().value_or(0)}, *timeout);
    if (code != kOk && code != kUnfinished) return code;
    const auto after = session.get(path);
    if (!after) return session.failure();
    if (session.json()) session.show(*after, nullptr);
    if (code != kOk) return code;
    if (after->root()["epoch"].integer() != pool["epoch"].integer())
        return complain_of_turn(session, after->root());
    if (!session.json()) session.print(ending(after->root(), order));
    return kOk;
}

}  // namespace understudy::ctl
