#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"
#include "controller/api/answers.h"
#include "controller/api/census.h"
#include "controller/api/handlers.h"
#include "controller/api/long_answers.h"
#include "controller/api/sealed.h"
#include "controller/api/view_parts.h"
#include "controller/api/views.h"
#include "controller/core/conflicts.h"

namespace understudy::api {
namespace {

constexpr std::size_t kConflictsShown = 100;

void write_counts(json::Writer& out, const std::map<std::string, std::size_t>& counts) {
    for (const auto& [word, count] : counts)
        out.field(word, count);
}

// The first restraints with their sentences; `reason` is that of the first.
void write_held(json::Writer& out, const Context& api, const Census& census) {
    const auto& held = census.restraints;
    out.key("held").begin_object().field("held", !held.empty());
    out.field("reason", held.empty() ? std::string{} : held.front().sentence());
    out.list("restraints", held, [&](const Restraint& each) { write_restraint(out, api, each); });
    out.field("count", census.restraints_all).end_object();
}

// Those first that keep a record from what is decided.
void write_conflicts(json::Writer& out, const Fleet& fleet, const Census& census) {
    std::vector<const Domain*> domains;
    for (const DomainId id : census.conflicts) {
        const Domain* domain = fleet.domain(id);
        if (domain != nullptr && domain->record.in_conflict()) domains.push_back(domain);
    }
    std::stable_partition(domains.begin(), domains.end(),
                          [](const Domain* domain) { return conflicts::blocks(*domain); });
    out.key("conflicts").begin_object().field("count", domains.size());
    out.key("sentences").begin_array();
    for (std::size_t i = 0; i < std::min(domains.size(), kConflictsShown); ++i)
        out.value(domains[i]->name + ": " + conflicts::sentence(fleet, *domains[i]));
    out.end_array().end_object();
}

// Of those who see a part of the fleet. How much waits for channels is known of all together only.
void write_own_queues(json::Writer& out, const Context& api, Instant now) {
    const auto servers = api.fleet().servers();
    const auto domains = api.fleet().domains();
    const auto linked = std::ranges::count_if(servers, [&](const Server* server) {
        return api.engine.health_of(server->id, now).linked;
    });
    const auto behind = std::ranges::count_if(
        domains, [](const Domain* domain) { return !domain->record.settled(); });
    out.field("agents_linked", static_cast<std::size_t>(linked));
    out.key("notifications_pending").null().key("notifications_dead").null();
    out.field("records_behind", static_cast<std::size_t>(behind));
}

void write_queues(json::Writer& out, const Context& api, Instant now) {
    if (!api.engine.everything()) return write_own_queues(out, api, now);
    const ControllerState& state = api.state;
    out.field("agents_linked", state.agents_linked);
    out.field("notifications_pending", state.notifications_pending);
    out.field("notifications_dead", state.notifications_dead);
    out.field("records_behind", state.records_behind);
}

void write_state(json::Writer& out, const Context& api, const Census& census, Instant now) {
    const ControllerState& state = api.state;
    out.field("started", state.started);
    out.field("uptime_s", static_cast<std::int64_t>((now - state.begun).count() / 1000));
    write_held(out, api, census);
    out.key("controls");
    write_controls(out, api.fleet().controls());
    out.key("store").begin_object().field("writable", state.store_writable).end_object();
    write_queues(out, api, now);
}

void write_certificate(json::Writer& out, const Context& api, const OwnCertificate& own,
                       WallTime wall) {
    std::string problem = out_of_time(own.not_before, own.not_after, wall);
    const auto term = term_of(own.not_before, own.not_after, own.serial, wall);
    if (problem.empty() && near_end(term, api.engine.timings().certificate_warn_days)) {
        problem = ending(term);
    }
    out.key("certificate").begin_object();
    out.list("names", own.names).field("not_before", own.not_before);
    out.field("not_after", own.not_after).text_or_null("problem", problem).end_object();
}

// null: plain text, here or behind a proxy; or none of the caller's business.
void write_tls(json::Writer& out, const Context& api, WallTime wall) {
    const TlsView* known = api.engine.everything() ? api.state.tls : nullptr;
    if (known != nullptr && !known->certificate) known = nullptr;
    out.object_or_null("tls", known, [&](const TlsView& tls) {
        write_certificate(out, api, *tls.certificate, wall);
        out.field("handshakes_failed", tls.failures.count);
        out.object_or_null("last_failed_handshake", tls.failures.last, [&](const auto& last) {
            out.field("at", last.at).field("peer", last.peer).field("reason", last.reason);
        });
    });
}

void write_unreadable(json::Writer& out, const Context& api) {
    const auto found = unreadable(api.fleet(), api.sealer);
    out.objects("unreadable_credentials", found, [&](const Unreadable& each) {
        out.field("kind", each.kind).field("name", each.name).field("problem", each.problem);
    });
}

ApiResponse status_of_all(const Context& api, const Census& census, const Moment& at) {
    const Fleet& fleet = api.fleet();
    json::Writer out;
    out.begin_object();
    out.field("version", api.settings.version).field("instance", api.settings.instance);
    out.field("sentence", sentence_of_domains(census)).field("time", to_rfc3339(at.wall));
    write_state(out, api, census, at.now);
    out.key("servers").begin_object().field("total", census.servers);
    write_counts(out, census.servers_by_health);
    out.end_object().key("pools").begin_object().field("total", census.pools);
    out.field("failed_over", census.pools_failed_over).field("outage", census.pools_in_outage);
    out.end_object().key("domains").begin_object().field("total", census.domains);
    write_counts(out, census.domains_by_status);
    out.end_object();
    out.field("domains_without_standby", census.domains_without_standby);
    write_conflicts(out, fleet, census);
    out.field("providers", fleet.providers().size()).field("channels", fleet.channels().size());
    write_tls(out, api, at.wall);
    write_unreadable(out, api);
    out.end_object();
    return json_response(out.take());
}

}  // namespace

void get_healthz(const Call& call) {
    call.respond(json_response(R"({"status":"ok"})"));
}

// Ready: orders and decisions can be written. Being held is no reason to be taken out of service.
void get_readyz(const Call& call) {
    if (call.api.state.store_writable) return call.respond(json_response(R"({"status":"ready"})"));
    call.refuse(transient("the store cannot be written"));
}

void get_status(const Call& call) {
    const auto slice = [api = &call.api, walk = std::make_shared<CensusWalk>()](
                           const Moment& at, Work& work) -> std::optional<ApiResponse> {
        if (!walk->go_on(api->engine, at.now, work)) return std::nullopt;
        return status_of_all(*api, walk->take(api->engine, at.now), at);
    };
    call.api.longer.begin_first(call, slice);
}

void get_controls(const Call& call) {
    call.respond(the_controls(call.api, 0, {}));
}

}  // namespace understudy::api
