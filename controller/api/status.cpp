#include <algorithm>

#include "controller/api/answers.h"
#include "controller/api/census.h"
#include "controller/api/handlers.h"
#include "controller/api/sealed.h"
#include "controller/api/view_parts.h"
#include "controller/api/views.h"
#include "controller/core/conflicts.h"

namespace understudy::api {
namespace {

// A fleet in its warm-up has one for every pool.
constexpr std::size_t kRestraintsShown = 100;
constexpr std::size_t kConflictsShown = 100;

void write_counts(json::Writer& out, const std::map<std::string, std::size_t>& counts) {
    for (const auto& [word, count] : counts)
        out.field(word, count);
}

// Every restraint with its sentence; `reason` is the first of them.
void write_held(json::Writer& out, const Call& call) {
    const auto held = call.api.engine.restraints(call.now);
    out.key("held").begin_object().field("held", !held.empty());
    out.field("reason", held.empty() ? std::string{} : held.front().sentence());
    out.key("restraints").begin_array();
    for (std::size_t i = 0; i < std::min(held.size(), kRestraintsShown); ++i)
        write_restraint(out, call.api, held[i]);
    out.end_array().field("count", held.size()).end_object();
}

// Those first that keep a record from what is decided.
void write_conflicts(json::Writer& out, const Fleet& fleet) {
    std::vector<const Domain*> domains = fleet.domains();
    std::erase_if(domains, [](const Domain* domain) { return !domain->record.in_conflict(); });
    std::stable_partition(domains.begin(), domains.end(),
                          [](const Domain* domain) { return conflicts::blocks(*domain); });
    out.key("conflicts").begin_object().field("count", domains.size());
    out.key("sentences").begin_array();
    for (std::size_t i = 0; i < std::min(domains.size(), kConflictsShown); ++i)
        out.value(domains[i]->name + ": " + conflicts::sentence(fleet, *domains[i]));
    out.end_array().end_object();
}

void write_state(json::Writer& out, const Call& call) {
    const ControllerState& state = call.api.state;
    out.field("started", to_rfc3339(state.started));
    out.field("uptime_s", static_cast<std::int64_t>((call.now - state.begun).count() / 1000));
    write_held(out, call);
    out.key("controls");
    write_controls(out, call.api.fleet().controls());
    out.key("store").begin_object().field("writable", state.store_writable).end_object();
    out.field("agents_linked", state.agents_linked);
    out.field("notifications_pending", state.notifications_pending);
    out.field("notifications_dead", state.notifications_dead);
    out.field("records_behind", state.records_behind);
}

void write_certificate(json::Writer& out, const Call& call, const OwnCertificate& own) {
    std::string problem = out_of_time(own.not_before, own.not_after, call.wall);
    const auto term = term_of(own.not_before, own.not_after, own.serial, call.wall);
    if (problem.empty() && near_end(term, call.api.engine.timings().certificate_warn_days)) {
        problem = ending(term);
    }
    out.key("certificate").begin_object();
    write_texts(out, "names", own.names);
    out.field("not_before", to_rfc3339(own.not_before));
    out.field("not_after", to_rfc3339(own.not_after));
    write_optional(out, "problem", problem.empty() ? std::nullopt : std::optional{problem});
    out.end_object();
}

// null: plain text, here or behind a proxy.
void write_tls(json::Writer& out, const Call& call) {
    const TlsView* tls = call.api.state.tls;
    out.key("tls");
    if (tls == nullptr || !tls->certificate) {
        out.null();
        return;
    }
    out.begin_object();
    write_certificate(out, call, *tls->certificate);
    out.field("handshakes_failed", tls->failures.count);
    out.key("last_failed_handshake");
    if (const auto& last = tls->failures.last) {
        out.begin_object().field("at", to_rfc3339(last->at)).field("peer", last->peer);
        out.field("reason", last->reason).end_object();
    } else {
        out.null();
    }
    out.end_object();
}

void write_unreadable(json::Writer& out, const Call& call) {
    out.key("unreadable_credentials").begin_array();
    for (const Unreadable& each : unreadable(call.api.fleet(), call.api.sealer)) {
        out.begin_object().field("kind", each.kind).field("name", each.name);
        out.field("problem", each.problem).end_object();
    }
    out.end_array();
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
    const Census census = take_census(call.api.engine, call.now);
    const Fleet& fleet = call.api.fleet();
    json::Writer out;
    out.begin_object();
    out.field("version", call.api.settings.version).field("instance", call.api.settings.instance);
    write_state(out, call);
    out.key("servers").begin_object().field("total", census.servers);
    write_counts(out, census.servers_by_health);
    out.end_object().key("pools").begin_object().field("total", census.pools);
    out.field("failed_over", census.pools_failed_over).field("outage", census.pools_in_outage);
    out.end_object().key("domains").begin_object().field("total", census.domains);
    write_counts(out, census.domains_by_status);
    out.end_object();
    out.field("domains_without_standby", call.api.engine.domains_without_standby(call.now));
    write_conflicts(out, fleet);
    out.field("providers", fleet.providers().size()).field("channels", fleet.channels().size());
    write_tls(out, call);
    write_unreadable(out, call);
    out.end_object();
    call.respond(json_response(out.take()));
}

void get_controls(const Call& call) {
    call.respond(the_controls(call.api, 0, {}));
}

}  // namespace understudy::api
