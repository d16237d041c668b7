// How a pool looks, with what people forced on it and what holds it.
#include "base/field_codec.h"
#include "base/policy_fields.h"
#include "controller/api/view_parts.h"
#include "controller/core/drills.h"
#include "controller/core/flapping.h"

namespace understudy::api {
namespace {

void write_member(json::Writer& out, const Context& api, const Pool& pool, ServerId id,
                  Instant now) {
    const Server& server = *api.fleet().server(id);
    const auto health = api.engine.health_of(id, now);
    const auto readiness = api.engine.readiness_of(pool.id, id, now);
    out.field("id", id.value).field("name", server.name);
    out.field("role", id == pool.primary() ? "primary" : "secondary");
    out.field("ipv4", to_string(server.ipv4));
    write_address(out, "ipv6", server.ipv6);
    out.field("health", to_text(health.health)).field("health_sentence", health.sentence);
    out.field("serving", pool.target.has(id)).field("ready", readiness.ready);
    out.field("readiness", readiness.sentence);
}

void write_target(json::Writer& out, const Fleet& fleet, const Pool& pool) {
    const ServerId first = pool.target.is_fallback() ? ServerId{} : pool.target.servers.front();
    write_reference(out, "target", first, name_of(fleet.server(first)));
    out.list("serving", server_names(fleet, pool.target.servers));
    out.field("target_is_fallback", pool.target.is_fallback());
    out.field("home", name_of(fleet.server(pool.home())));
}

// An override with the server it is about; none: an override that names no server.
void write_steering(json::Writer& out, const Override& by, std::string_view server_key,
                    const Server* server) {
    write_override_fields(out, by);
    out.field(server_key, server ? std::optional{server->name} : std::nullopt);
}

void write_overrides(json::Writer& out, const Fleet& fleet, const Pool& pool) {
    out.object_or_null("hold", pool.hold, [&](const Hold& hold) {
        write_steering(out, hold.by, "pinned", fleet.server(hold.pinned));
    });
    out.object_or_null("preferred", pool.preferred, [&](const Preference& preferred) {
        write_steering(out, preferred.by, "server", fleet.server(preferred.server));
    });
    write_override(out, "observe", pool.dry_run);
    // Where a dry run would have the pool point; no names: at the fallback.
    if (pool.dry_run || fleet.controls().dry_run) {
        out.list("would_serve", server_names(fleet, pool.would.servers));
    } else {
        out.key("would_serve").null();
    }
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

void write_pool(json::Writer& out, const Context& api, const Pool& pool, const Moment& at) {
    out.begin_object();
    out.field("id", pool.id.value).field("name", pool.name).field("implicit", pool.implicit);
    out.objects("members", pool.members,
                [&](ServerId member) { write_member(out, api, pool, member, at.now); });
    out.object("policy", [&] { write_described(out, pool.policy); });
    write_target(out, api.fleet(), pool);
    out.field("failed_over", pool.failed_over()).field("outage", pool.outage);
    out.field("reason", pool.state_reason()).field("epoch", pool.epoch);
    write_overrides(out, api.fleet(), pool);
    out.object_or_null("restraint", api.engine.restraint_on(pool.id, at.now),
                       [&](const Restraint& held) { write_restraint_fields(out, held); });
    out.field("next", api.engine.outlook(pool.id, at.now));
    out.field("failovers_within_the_hour", flapping::recent(pool.failovers, at.wall));
    out.field("domains", api.fleet().domains_of(pool.id).size());
    out.key("drill");
    pool.drill ? write_drill(out, *pool.drill) : static_cast<void>(out.null());
    out.field("last_good_drill", unless_epoch(pool.last_good_drill));
    out.field("drill_due", drills::overdue(pool, at.wall));
    out.end_object();
}

}  // namespace understudy::api
