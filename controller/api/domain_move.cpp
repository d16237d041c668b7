// POST /api/v1/domains/move: some domains, or all of a pool's, to another pool; or what that would
// change.
#include <algorithm>
#include <unordered_map>

#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/view_parts.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

struct Move {
    MoveDomains order;
    bool dry_run = false;
};

void read_domains(const Fleet& fleet, Fields& fields, std::vector<DomainId>& domains) {
    const auto keys = fields.texts("domains");
    if (fields.member("domains").is_array() && fields.member("domains").size() == 0) {
        fields.complain("domains", "the list is empty", "name at least one domain");
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const std::string entry = "domains[" + std::to_string(i) + "]";
        if (keys[i].empty()) continue;  // reported already
        const auto domain = fields.take(as_field(find_domain(fleet, keys[i]), entry));
        if (!domain) continue;
        if (std::ranges::find(domains, (*domain)->id) != domains.end()) {
            fields.complain(entry, "domain " + quoted((*domain)->name) + " is named twice",
                            "name it once");
        }
        domains.push_back((*domain)->id);
    }
}

void read_from_pool(const Fleet& fleet, Fields& fields, MoveDomains& order) {
    const auto key = fields.text("from_pool");
    if (!key) return;
    const auto pool = fields.take(as_field(find_pool(fleet, *key), "from_pool"));
    if (!pool) return;
    order.domains = fleet.domains_of((*pool)->id);
    std::ranges::sort(order.domains);
    if ((*pool)->id == order.pool) {
        fields.complain("from_pool", "pool " + quoted((*pool)->name) + " is pool as well",
                        "name another pool to move to");
    } else if (order.domains.empty()) {
        fields.complain("from_pool", "pool " + quoted((*pool)->name) + " has no domains",
                        "name the domains instead");
    }
}

Move read_move(const Fleet& fleet, Fields& fields) {
    Move move;
    move.order.pool = read_pool(fleet, fields, "pool");
    const bool by_name = fields.has("domains");
    if (by_name == fields.has("from_pool")) {
        fields.complain("domains",
                        by_name ? "domains and from_pool are both given" : "this is missing",
                        "give domains, or from_pool for all domains of a pool");
    } else if (by_name) {
        read_domains(fleet, fields, move.order.domains);
    } else {
        read_from_pool(fleet, fields, move.order);
    }
    move.order.force = read_flag(fields, "force");
    move.dry_run = read_flag(fields, "dry_run");
    return move;
}

// As they are now: nothing has moved yet.
std::vector<MovedDomain> contents_of(const Fleet& fleet, const std::vector<DomainId>& domains) {
    std::vector<MovedDomain> contents;
    for (const DomainId id : domains) {
        const Domain& domain = *fleet.domain(id);
        const std::string held = to_string(domain.record.content());
        contents.push_back({domain.name, held, held});
    }
    return contents;
}

ApiResponse show_moved(bool dry_run, const std::vector<MovedDomain>& domains) {
    json::Writer out;
    out.begin_object().field("dry_run", dry_run);
    write_moved(out, domains);
    out.end_object();
    return json_response(out.take());
}

// It is looked at before force is said.
void preview(const Call& call, MoveDomains order) {
    std::vector<MovedDomain> domains = contents_of(call.api.fleet(), order.domains);
    order.force = true;
    const Rehearsal rehearsal = call.api.engine.rehearse(call.caller, {std::move(order)}, call.now);
    if (!rehearsal.refused.empty()) return call.refuse(rehearsal.refused.front().error);
    std::unordered_map<std::string_view, std::string_view> written;
    for (const MovedDomain& domain : rehearsal.domains)
        written[domain.name] = domain.to;
    for (MovedDomain& domain : domains)
        if (const auto to = written.find(domain.name); to != written.end()) domain.to = to->second;
    call.respond(show_moved(true, domains));
}

}  // namespace

void move_domains(const Call& call) {
    Move move;
    const auto read = [&](Fields& fields) { move = read_move(call.api.fleet(), fields); };
    if (!read_body(call, read)) return;
    if (move.dry_run) return preview(call, std::move(move.order));
    auto before = contents_of(call.api.fleet(), move.order.domains);
    auto then = [ids = move.order.domains, before = std::move(before)](const Context& api,
                                                                       std::int64_t) {
        std::vector<MovedDomain> domains = before;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            // It may have been removed at the same moment.
            const Domain* domain = api.fleet().domain(ids[i]);
            if (domain != nullptr) domains[i].to = to_string(domain->record.content());
        }
        return show_moved(false, domains);
    };
    give_order(call, std::move(move.order), std::move(then));
}

}  // namespace understudy::api
