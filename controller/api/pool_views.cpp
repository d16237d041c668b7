// How a pool looks, with what people forced on it and what holds it.
#include "base/field_codec.h"
#include "base/policy_fields.h"
#include "controller/api/view_parts.h"
#include "controller/core/flapping.h"

namespace understudy::api {
namespace {

void write_policy(json::Writer& out, const Policy& policy) {
    out.key("policy").begin_object();
    write_described(out, policy);
    out.end_object();
}

void write_member(json::Writer& out, const Context& api, const Pool& pool, ServerId id,
                  Instant now) {
    const Server& server = *api.fleet().server(id);
    const auto health = api.engine.health_of(id, now);
    out.begin_object();
    out.field("id", id.value).field("name", server.name);
    out.field("role", id == pool.primary() ? "primary" : "secondary");
    out.field("ipv4", to_string(server.ipv4));
    write_address(out, "ipv6", server.ipv6);
    out.field("health", to_text(health.health)).field("health_sentence", health.sentence);
    out.field("serving", pool.target.has(id));
    const auto readiness = api.engine.readiness_of(pool.id, id, now);
    write_optional(out, "ready", readiness.ready);
    out.field("readiness", readiness.sentence).end_object();
}

std::vector<std::string> server_names(const Fleet& fleet, const Target& target) {
    std::vector<std::string> names;
    for (const ServerId id : target.servers)
        names.push_back(name_of(fleet.server(id)));
    return names;
}

void write_target(json::Writer& out, const Fleet& fleet, const Pool& pool) {
    const ServerId first = pool.target.is_fallback() ? ServerId{} : pool.target.servers.front();
    write_reference(out, "target", first.value, name_of(fleet.server(first)));
    write_texts(out, "serving", server_names(fleet, pool.target));
    out.field("target_is_fallback", pool.target.is_fallback());
    out.field("home", name_of(fleet.server(pool.home())));
}

// Where a dry run would have the pool point; no names: at the fallback.
void write_would(json::Writer& out, const Fleet& fleet, const Pool& pool) {
    if (pool.observe || fleet.controls().observe) {
        write_texts(out, "would_serve", server_names(fleet, pool.would));
    } else {
        out.key("would_serve").null();
    }
}

// An override with the server it is about; none: an override that names no server.
void write_steering(json::Writer& out, std::string_view name, const Override& by,
                    std::string_view server_key, const Server* server) {
    out.key(name).begin_object();
    write_override_fields(out, by);
    write_optional(out, server_key, server ? std::optional{server->name} : std::nullopt);
    out.end_object();
}

void write_overrides(json::Writer& out, const Fleet& fleet, const Pool& pool) {
    if (pool.hold) {
        write_steering(out, "hold", pool.hold->by, "pinned", fleet.server(pool.hold->pinned));
    } else {
        out.key("hold").null();
    }
    if (pool.preferred) {
        write_steering(out, "preferred", pool.preferred->by, "server",
                       fleet.server(pool.preferred->server));
    } else {
        out.key("preferred").null();
    }
    write_override(out, "observe", pool.observe);
    write_would(out, fleet, pool);
}

void write_restraint_fields(json::Writer& out, const Restraint& restraint) {
    out.field("kind", restraint.kind).field("sentence", restraint.sentence());
    out.field("why", restraint.why).field("lets_go", restraint.lets_go);
}

}  // namespace

void write_restraint(json::Writer& out, const Context& api, const Restraint& restraint) {
    out.begin_object();
    write_restraint_fields(out, restraint);
    out.field("pool", name_of(api.fleet().pool(restraint.pool))).end_object();
}

void write_pool(json::Writer& out, const Context& api, const Pool& pool, Instant now,
                WallTime wall) {
    out.begin_object();
    out.field("id", pool.id.value).field("name", pool.name).field("implicit", pool.implicit);
    out.key("members").begin_array();
    for (const ServerId member : pool.members)
        write_member(out, api, pool, member, now);
    out.end_array();
    write_policy(out, pool.policy);
    write_target(out, api.fleet(), pool);
    out.field("failed_over", pool.failed_over()).field("outage", pool.outage);
    out.field("reason", pool.state_reason()).field("epoch", pool.epoch);
    write_overrides(out, api.fleet(), pool);
    out.key("restraint");
    if (const auto held = api.engine.restraint_on(pool.id, now)) {
        out.begin_object();
        write_restraint_fields(out, *held);
        out.end_object();
    } else {
        out.null();
    }
    out.field("next", api.engine.outlook(pool.id, now));
    out.field("failovers_within_the_hour", flapping::recent(pool.failovers, wall));
    out.field("domains", api.fleet().domains_of(pool.id).size());
    out.end_object();
}

}  // namespace understudy::api
