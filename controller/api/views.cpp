#include "controller/api/views.h"

#include <algorithm>
#include "controller/core/evidence.h"

#include "base/attention_fields.h"
#include "base/domain_name.h"
#include "controller/api/sealed.h"
#include "controller/api/view_parts.h"
#include "controller/core/conflicts.h"
#include "controller/core/served.h"
#include "controller/core/shared_tokens.h"

namespace understudy::api {
namespace {

constexpr std::string_view kAdoptedReason = "Holds what a person adopted, until the next switch";

// null: the provider chooses.
void write_ttl(json::Writer& out, std::string_view name, Ttl ttl) {
    out.field(name, ttl.automatic() ? std::nullopt : std::optional{ttl.seconds});
}

// null: nobody changed it.
void write_conflict(json::Writer& out, const Fleet& fleet, const Domain& domain) {
    const Domain* changed = domain.record.in_conflict() ? &domain : nullptr;
    out.object_or_null("conflict", changed, [&](const Domain&) {
        out.field("sentence", conflicts::sentence(fleet, domain));
        out.field("blocks", conflicts::blocks(domain)).key("ways_out").begin_array();
        const conflicts::WaysOut ways = conflicts::ways_out(fleet, domain);
        if (ways.adopt) out.value("adopt");
        if (ways.enforce) out.value("enforce");
        out.value("ignore").end_array();
    });
}

void write_record(json::Writer& out, const Fleet& fleet, const Domain& domain) {
    const Publication& record = domain.record;
    out.field("settled", record.settled()).field("refused", record.refused);
    out.key("desired").begin_object();
    write_addresses(out, "addresses", record.desired);
    write_ttl(out, "ttl_s", record.desired_ttl);
    out.field("generation", record.generation).end_object();
    out.key("confirmed").begin_object();
    write_addresses(out, "addresses", record.confirmed);
    out.field("generation", record.confirmed_generation).end_object();
    if (record.foreign) {
        write_addresses(out, "foreign", *record.foreign);
    } else {
        out.key("foreign").null();
    }
    out.text_or_null("problem", record.foreign_why);
    write_conflict(out, fleet, domain);
}

// null: its name servers were not asked, for nothing was changed since, or asking is off.
void write_serving(json::Writer& out, const Domain& domain) {
    const Serving* asked = domain.serving.state == Served::Unasked ? nullptr : &domain.serving;
    out.object_or_null("serving", asked, [&](const Serving& serving) {
        out.field("state", to_text(serving.state)).field("since", serving.since);
        out.field("sentence", served::state_sentence(domain));
        out.field("old_answers_until", served::old_until(domain));
    });
}

// Beside the testimony, never in it: nothing decides by it.
void write_found_over_ipv6(json::Writer& out, const Context& api, ServerId server, Instant now) {
    const auto found = api.desk.found_over_ipv6(server);
    out.objects("found_over_ipv6", found, [&](const FoundOverIpv6& each) {
        out.field("probe", each.service).field("says", to_text(each.verdict));
        out.field("for_s", (now - each.since).count() / 1000).field("found", each.sentence);
    });
}

// One for each pool that it is a member of.
void write_readiness(json::Writer& out, const Context& api, ServerId server, Instant now) {
    out.objects("readiness", api.fleet().pools_of(server), [&](PoolId id) {
        const Pool& pool = *api.fleet().pool(id);
        const auto shown = api.engine.readiness_of(id, server, now);
        out.field("pool", pool.name).field("serving", pool.target.has(server));
        out.field("ready", shown.ready).field("sentence", shown.sentence);
        out.list("unready", shown.unready, [&](const UnreadyDomain& each) {
            const Domain* domain = api.fleet().domain(each.domain);
            if (domain == nullptr) return;
            out.begin_object().field("domain", domain->name).field("why", each.why).end_object();
        });
    });
}

// What links and probes say of it, and its agent.
void write_seen(json::Writer& out, const Context& api, const Server& server, const Moment& at) {
    const auto health = api.engine.health_of(server.id, at.now);
    out.field("health", to_text(health.health)).field("health_sentence", health.sentence);
    out.field("linked", health.linked).field("ever_seen", server.ever_seen);
    std::optional<WallTime> last_seen;
    std::optional<double> ago_s;
    if (health.last_seen_ago) {
        last_seen = at.wall - *health.last_seen_ago;
        ago_s = static_cast<double>(health.last_seen_ago->count()) / 1000.0;
    }
    out.field("last_seen", last_seen).field("last_seen_ago_s", ago_s);
    out.field("alarm", to_text(server.alarm)).field("load", health.load);
    write_override(out, "maintenance", server.maintenance);
    out.object_or_null("agent", api.engine.machine_of(server.id), [&](const Machine& machine) {
        out.field("hostname", machine.hostname).field("boot_id", machine.boot_id);
        out.field("address", machine.address).field("software", machine.software);
    });
    out.object_or_null("token_shared", server.shared, [&](const SharedToken& shared) {
        out.field("since", shared.since).field("sentence", shared_tokens::sentence_of(server));
    });
    out.field("token_waits", !server.next_token_hash.empty());
    out.key("testimony").begin_array();
    evidence::write_testimony(out, api.fleet(), api.engine.testimony_of(server.id), {}, at.now);
    out.end_array();
    write_found_over_ipv6(out, api, server.id, at.now);
    write_readiness(out, api, server.id, at.now);
}

}  // namespace

void write_reported_fields(json::Writer& out, const ReportedAddress& reported) {
    write_address(out, "ipv4", reported.ipv4);
    write_address(out, "ipv6", reported.ipv6);
    out.field("state", to_text(reported.state)).field("sentence", reported.sentence);
}

void write_labels(json::Writer& out, const std::map<std::string, std::string>& labels) {
    out.object("labels", [&] {
        for (const auto& [key, value] : labels)
            out.field(key, value);
    });
}

void write_types(json::Writer& out, const std::set<NoticeType>& types) {
    out.list("types", types, [&](NoticeType type) { out.value(to_text(type)); });
}

void write_addresses(json::Writer& out, std::string_view name, const AddressSet& addresses) {
    out.key(name).begin_array();
    for (const Ipv4& address : addresses.ipv4)
        out.value(to_string(address));
    for (const Ipv6& address : addresses.ipv6)
        out.value(to_string(address));
    out.end_array();
}

void write_override_fields(json::Writer& out, const Override& forced) {
    out.field("who", forced.who).field("why", forced.why);
    out.field("since", forced.since).field("until", forced.until);
}

void write_override(json::Writer& out, std::string_view name,
                    const std::optional<Override>& forced) {
    out.object_or_null(name, forced, [&](const Override& by) { write_override_fields(out, by); });
}

void write_moved(json::Writer& out, const std::vector<MovedDomain>& domains) {
    out.objects("domains", domains, [&](const MovedDomain& domain) {
        out.field("name", domain.name);
        write_content(out, "from", domain.from);
        write_content(out, "to", domain.to);
    });
}

std::vector<std::string> server_names(const Fleet& fleet, const std::vector<ServerId>& servers) {
    std::vector<std::string> names;
    for (const ServerId id : servers)
        names.push_back(name_of(fleet.server(id)));
    return names;
}

void write_controls(json::Writer& out, const Controls& controls) {
    out.begin_object();
    write_override(out, "pause", controls.pause);
    write_override(out, "observe", controls.dry_run);
    write_override(out, "losses_accepted", controls.losses_accepted);
    out.end_object();
}

void write_server(json::Writer& out, const Context& api, const Server& server, const Moment& at) {
    out.begin_object().field("id", server.id.value).field("name", server.name);
    out.field("ipv4", to_string(server.ipv4));
    write_address(out, "ipv6", server.ipv6);
    write_labels(out, server.labels);
    out.field("dynamic", server.dynamic);
    // Which other address its agent reports, and what becomes of it.
    const auto reported = api.engine.reported_address(server.id, at.now);
    out.object_or_null("reported_address", reported, [&](const ReportedAddress& address) {
        write_reported_fields(out, address);
    });
    out.field("address_followed", unless_epoch(server.address_followed()));
    write_seen(out, api, server, at);
    out.list("pools", api.fleet().pools_of(server.id),
             [&](PoolId pool) { out.value(name_of(api.fleet().pool(pool))); });
    out.end_object();
}

void write_domain(json::Writer& out, const Context& api, const Domain& domain) {
    const Pool& pool = *api.fleet().pool(domain.pool);
    out.begin_object().field("id", domain.id.value).field("name", domain.name);
    out.field("display_name", display_name(domain.name));
    out.field("status", to_text(status_of(domain, pool)));
    write_reference(out, "pool", pool.id, pool.name);
    write_reference(out, "provider", domain.provider,
                    name_of(api.fleet().provider(domain.provider)));
    out.field("zone", domain.zone_name).field("ipv6", domain.with_ipv6);
    out.field("proxied", domain.proxied);
    write_ttl(out, "normal_ttl_s", domain.normal_ttl);
    const bool adopted = domain.adopted(pool);
    out.field("reason", adopted ? std::string{kAdoptedReason} : pool.state_reason());
    out.field("adopted", adopted);
    write_override(out, "ignored", domain.ignored);
    out.object("record", [&] { write_record(out, api.fleet(), domain); });
    write_serving(out, domain);
    out.end_object();
}

void write_provider(json::Writer& out, const Context& api, const ProviderAccount& account,
                    std::size_t domains) {
    out.begin_object();
    out.field("id", account.id.value).field("name", account.name).field("kind", account.kind);
    out.key("settings").raw(account.settings.empty() ? "{}" : account.settings);
    out.text_or_null("credential_problem", sealed_problem(api.sealer, account));
    out.field("domains", domains).end_object();
}

std::vector<std::string> subscribed_pools(const Fleet& fleet, const Channel& channel) {
    std::vector<std::string> names;
    for (const PoolId id : channel.pools) {
        const Pool* pool = fleet.pool(id);
        names.push_back(pool != nullptr ? pool->name : "(removed pool " + to_string(id) + ")");
    }
    return names;
}

void write_channel(json::Writer& out, const Context& api, const Channel& channel) {
    out.begin_object();
    out.field("id", channel.id.value).field("name", channel.name).field("kind", channel.kind);
    out.key("settings").raw(channel.settings.empty() ? "{}" : channel.settings);
    write_types(out, channel.types);
    write_described(out, channel.attention);
    out.list("pools", subscribed_pools(api.fleet(), channel));
    write_labels(out, channel.labels);
    out.text_or_null("credential_problem", sealed_problem(api.sealer, channel));
    out.field("disabled", channel.disabled).end_object();
}

void write_event_fields(json::Writer& out, const HistoryRow& row) {
    const LogLine& line = row.line;
    out.field("id", line.id.value).field("at", row.at).field("type", line.type);
    write_reference(out, "server", line.server, line.server_name);
    write_reference(out, "pool", line.pool, line.pool_name);
    write_reference(out, "domain", line.domain, line.domain_name);
    out.field("incident", line.incident ? std::optional{line.incident.value} : std::nullopt);
    write_content(out, "from", line.from);
    write_content(out, "to", line.to);
    out.field("reason", line.reason).field("detail", line.detail).field("who", line.who);
    out.key("audit").raw(line.audit.empty() ? "null" : line.audit);
}

void write_notification(json::Writer& out, const std::string& channel, const NotificationRow& row) {
    out.begin_object();
    out.field("id", row.id.value).field("type", to_text(row.type));
    out.field("state", to_text(row.state));
    write_reference(out, "channel", row.channel, channel);
    const bool pending = row.state == NotificationState::Pending;
    out.field("attempts", row.attempts).field("created", row.created);
    out.field("held", row.held());
    out.field("next_try", pending ? std::optional{row.next_try} : std::nullopt);
    out.field("last_error", row.last_error);
    out.key("payload").raw(row.payload.empty() ? "{}" : row.payload);
    out.end_object();
}

}  // namespace understudy::api
