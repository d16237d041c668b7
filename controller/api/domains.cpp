#include <algorithm>

#include "base/ascii.h"
#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/views.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

struct DomainFilter {
    std::optional<std::string> status;
    std::string part;  // of the name
    PoolId pool;
    ServerId server;
    DomainId after;
    std::size_t limit = kPageDefault;
};

void read_filter(const Fleet& fleet, Query& query, DomainFilter& filter) {
    filter.status = query.word("status", all_words<DomainStatus>());
    filter.part = lower(query.text("search").value_or(""));
    filter.pool = read_named<PoolId>(fleet, query, "pool");
    filter.server = read_named<ServerId>(fleet, query, "server");
    filter.after = DomainId{read_cursor(query)};
    filter.limit = read_limit(query);
}

bool passes(const Fleet& fleet, const Domain& domain, const DomainFilter& filter) {
    if (filter.pool && domain.pool != filter.pool) return false;
    if (domain.name.find(filter.part) == std::string::npos) return false;
    const Pool& pool = *fleet.pool(domain.pool);
    if (filter.server && std::ranges::find(pool.members, filter.server) == pool.members.end()) {
        return false;
    }
    return !filter.status || *filter.status == to_text(status_of(domain, pool));
}

// After the body: reads the record through the provider, then gives the order made of what was
// found.
template <typename MakeOrder>
void read_then_order(const Call& call, MakeOrder make_order) {
    const auto found = find_domain(call.api.fleet(), call.capture());
    if (!found) return call.refuse(found.error());
    const Domain& domain = **found;
    const Context* api = &call.api;
    const auto operation = [zone = ZoneRef{domain.zone_id, domain.zone_name}, name = domain.name](
                               const Provider& provider) { return provider.read(zone, {name}); };
    const auto done = [api, caller = call.caller, respond = call.respond, unmet = call.unmet,
                       id = domain.id,
                       make_order](const Result<std::vector<RecordReading>>& readings) {
        if (!readings) return respond(upstream_problem(readings.error()));
        ensure(readings->size() == 1);
        if (const auto& trouble = readings->front().problem) {
            return respond(upstream_problem(*trouble));
        }
        const auto answered = [api, respond, id](const Result<OrderDone>& answer) {
            if (!answer) return respond(problem(answer.error()));
            respond(the_domain(*api, id.value, {}));
        };
        api->desk.give(caller, make_order(id, readings->front()), unmet, answered);
    };
    call.api.desk.ask(domain.provider, {operation, done});
}

}  // namespace

void list_domains(const Call& call) {
    const Fleet& fleet = call.api.fleet();
    DomainFilter filter;
    if (!read_query(call, [&](Query& query) { read_filter(fleet, query, filter); })) return;
    std::vector<const Domain*> rows;
    for (const Domain* domain : fleet.domains()) {
        if (domain->id <= filter.after || !passes(fleet, *domain, filter)) continue;
        rows.push_back(domain);
        if (rows.size() > filter.limit) break;
    }
    call.respond(json_response(page_of(
        rows, filter.limit,
        [&](json::Writer& out, const Domain* domain) { write_domain(out, call.api, *domain); },
        [](const Domain* domain) { return domain->id.value; })));
}

void adopt_domain(const Call& call) {
    if (!read_no_body(call)) return;
    read_then_order(call, [](DomainId id, const RecordReading& reading) -> OrderAction {
        return AdoptDomain{id, reading.state};
    });
}

void enforce_domain(const Call& call) {
    bool force = false;
    if (!read_body(call, [&](Fields& fields) { force = read_flag(fields, "force"); })) return;
    read_then_order(call, [force](DomainId id, const RecordReading& reading) -> OrderAction {
        return EnforceDomain{id, reading.state, force};
    });
}

}  // namespace understudy::api
