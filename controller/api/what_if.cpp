// GET /api/v1/what-if: what would follow if servers were lost now. Nothing is touched.
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/what_if_answer.h"

namespace understudy::api {
namespace {

constexpr const char* kOneOf =
    "give one of server=NAME, pool=NAME (the servers it publishes now), label=KEY:VALUE (all that "
    "carry it) and all=true (each server alone)";

// Which servers are taken as lost; all: each alone.
struct TakenAsLost {
    std::vector<ServerId> lost;
    bool all = false;
};

void take_published(const Fleet& fleet, Query& query, TakenAsLost& asked) {
    const Pool* pool = fleet.pool(read_named<PoolId>(fleet, query, "pool"));
    if (pool == nullptr) return;
    asked.lost = pool->target.servers;
    if (!asked.lost.empty()) return;
    query.complain("pool", "pool " + quoted(pool->name) + " publishes no server at present",
                   "its fallback address is served: ask with server=NAME");
}

void take_labelled(const Fleet& fleet, Query& query, const std::string& text, TakenAsLost& asked) {
    const auto colon = text.find_first_of(":=");
    if (colon == std::string::npos || colon == 0) {
        query.complain("label", quoted(text) + " is no label", "give KEY:VALUE, as hosting:acme");
        return;
    }
    const std::string key = text.substr(0, colon);
    const std::string value = text.substr(colon + 1);
    for (const Server* server : fleet.servers()) {
        const std::string* label = server->label(key);
        if (label != nullptr && *label == value) asked.lost.push_back(server->id);
    }
    if (!asked.lost.empty()) return;
    query.complain("label", "no server carries the label " + quoted(text),
                   "GET /api/v1/servers shows their labels");
}

TakenAsLost read_asked(const Fleet& fleet, Query& query, bool nothing_given) {
    const auto server = query.text("server");
    const auto pool = query.text("pool");
    const auto label = query.text("label");
    const auto all = query.word("all", {"true"});
    TakenAsLost asked;
    asked.all = all.has_value();
    const bool each = query.text("all").has_value();
    const int given = (server ? 1 : 0) + (pool ? 1 : 0) + (label ? 1 : 0) + (each ? 1 : 0);
    if (nothing_given) {
        query.complain("server", "nothing is said of what is lost", kOneOf);
    } else if (given > 1) {
        query.complain("server", "two things are said to be lost", kOneOf);
    } else if (server) {
        const auto id = read_named<ServerId>(fleet, query, "server");
        if (id) asked.lost = {id};
    } else if (pool) {
        take_published(fleet, query, asked);
    } else if (label) {
        take_labelled(fleet, query, *label, asked);
    }
    return asked;
}

}  // namespace

void what_if(const Call& call) {
    TakenAsLost asked;
    const auto read = [&](Query& query) {
        asked = read_asked(call.api.fleet(), query, call.request.query.empty());
    };
    if (!read_query(call, read)) return;
    if (asked.all) {
        answer_what_if_each(call);
    } else {
        answer_what_if(call, asked.lost);
    }
}

}  // namespace understudy::api
