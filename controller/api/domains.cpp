#include <algorithm>

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
    PoolId pool;
    ServerId server;
    DomainId after;
    std::size_t limit = kPageDefault;
};

void read_filter(const Fleet& fleet, Query& query, Problems& problems, DomainFilter& filter) {
    filter.status =
        query.word("status", {"active", "failed_over", "switching", "outage", "conflict"});
    if (const auto key = query.text("pool")) {
        const auto pool = as_field(find_pool(fleet, *key), "?pool");
        if (pool) filter.pool = (*pool)->id;
        if (!pool) problems.push_back(pool.error());
    }
    if (const auto key = query.text("server")) {
        const auto server = as_field(find_server(fleet, *key), "?server");
        if (server) filter.server = (*server)->id;
        if (!server) problems.push_back(server.error());
    }
    filter.after = DomainId{read_cursor(query)};
    filter.limit = read_limit(query);
}

bool passes(const Fleet& fleet, const Domain& domain, const DomainFilter& filter) {
    if (filter.pool && domain.pool != filter.pool) return false;
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
    const auto done = [api, who = call.who, respond = call.respond, id = domain.id,
                       make_order](const Result<std::vector<RecordReading>>& readings) {
        if (!readings) return respond(upstream_problem(readings.error()));
        ensure(readings->size() == 1);
        if (const auto& trouble = readings->front().problem) {
            return respond(upstream_problem(*trouble));
        }
        api->desk.give(who, make_order(id, readings->front()),
                       [api, respond, id](const Result<OrderDone>& answer) {
                           if (!answer) return respond(problem(answer.error()));
                           respond(the_domain(*api, id.value, {}));
                       });
    };
    call.api.desk.ask(domain.provider, {operation, done});
}

}  // namespace

void list_domains(const Call& call) {
    const Fleet& fleet = call.api.fleet();
    DomainFilter filter;
    Problems problems;
    Query query{call.request, problems};
    read_filter(fleet, query, problems, filter);
    query.finish();
    if (!problems.empty()) return call.respond(problem(problems));
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
