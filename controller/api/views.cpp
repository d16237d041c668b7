#include "controller/api/views.h"

#include <algorithm>
#include "controller/core/evidence.h"

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
    write_optional(out, name, ttl.automatic() ? std::nullopt : std::optional{ttl.seconds});
}

// null: nobody changed it.
void write_conflict(json::Writer& out, const Fleet& fleet, const Domain& domain) {
    out.key("conflict");
    if (!domain.record.in_conflict()) {
        out.null();
        return;
    }
    out.begin_object().field("sentence", conflicts::sentence(fleet, domain));
    out.field("blocks", conflicts::blocks(domain)).key("ways_out").begin_array();
    const conflicts::WaysOut ways = conflicts::ways_out(fleet, domain);
    if (ways.adopt) out.value("adopt");
    if (ways.enforce) out.value("enforce");
    out.value("ignore");
    out.end_array().end_object();
}

void write_record(json::Writer& out, const Fleet& fleet, const Domain& domain) {
    const Publication& record = domain.record;
    out.key("record").begin_object();
    out.field("settled", record.settled()).field("refused", record.refused);
    out.key("desired").begin_object();
    out.key("addresses");
    write_addresses(out, record.desired);
    write_ttl(out, "ttl_s", record.desired_ttl);
    out.field("generation", record.generation).end_object();
    out.key("confirmed").begin_object();
    out.key("addresses");
    write_addresses(out, record.confirmed);
    out.field("generation", record.confirmed_generation).end_object();
    out.key("foreign");
    if (record.foreign) {
        write_addresses(out, *record.foreign);
    } else {
        out.null();
    }
    out.key("problem");
    if (record.foreign_why.empty()) {
        out.null();
    } else {
        out.value(record.foreign_why);
    }
    write_conflict(out, fleet, domain);
    out.end_object();
}

// null: its name servers were not asked, for nothing was changed since, or asking is off.
void write_serving(json::Writer& out, const Domain& domain) {
    const Serving& serving = domain.serving;
    out.key("serving");
    if (serving.state == Served::Unasked) {
        out.null();
        return;
    }
    out.begin_object().field("state", to_text(serving.state));
    out.field("since", to_rfc3339(serving.since));
    out.field("sentence", served::state_sentence(domain));
    const auto until = served::old_until(domain);
    write_optional(out, "old_answers_until",
                   until ? std::optional{to_rfc3339(*until)} : std::nullopt);
    out.end_object();
}

void write_agent(json::Writer& out, const std::optional<Machine>& machine) {
    out.key("agent");
    if (!machine) {
        out.null();
        return;
    }
    out.begin_object().field("hostname", machine->hostname).field("boot_id", machine->boot_id);
    out.field("address", machine->address).end_object();
}

// One for each pool that it is a member of.
// Beside the testimony, never in it: nothing decides by it.
void write_found_over_ipv6(json::Writer& out, const Context& api, const Server& server,
                           Instant now) {
    out.key("found_over_ipv6").begin_array();
    for (const FoundOverIpv6& each : api.desk.found_over_ipv6(server.id)) {
        out.begin_object()
            .field("probe", each.service)
            .field("says", to_text(each.verdict))
            .field("for_s", (now - each.since).count() / 1000)
            .field("found", each.sentence)
            .end_object();
    }
    out.end_array();
}

void write_readiness(json::Writer& out, const Context& api, const Server& server, Instant now) {
    out.key("readiness").begin_array();
    for (const PoolId id : api.fleet().pools_of(server.id)) {
        const Pool& pool = *api.fleet().pool(id);
        const auto shown = api.engine.readiness_of(id, server.id, now);
        out.begin_object().field("pool", pool.name).field("serving", pool.target.has(server.id));
        write_optional(out, "ready", shown.ready);
        out.field("sentence", shown.sentence).key("unready").begin_array();
        for (const UnreadyDomain& each : shown.unready) {
            const Domain* domain = api.fleet().domain(each.domain);
            if (domain == nullptr) continue;
            out.begin_object().field("domain", domain->name).field("why", each.why).end_object();
        }
        out.end_array().end_object();
    }
    out.end_array();
}

void write_token_shared(json::Writer& out, const Server& server) {
    out.key("token_shared");
    if (!server.shared) {
        out.null();
        return;
    }
    out.begin_object().field("since", to_rfc3339(server.shared->since));
    out.field("sentence", shared_tokens::sentence_of(server)).end_object();
}

// Which other address its agent reports, and what becomes of it.
void write_reported(json::Writer& out, const std::optional<ReportedAddress>& reported) {
    out.key("reported_address");
    if (!reported) {
        out.null();
        return;
    }
    out.begin_object();
    write_address(out, "ipv4", reported->ipv4);
    write_address(out, "ipv6", reported->ipv6);
    out.field("sentence", reported->sentence).end_object();
}

void write_problem(json::Writer& out, const std::string& problem) {
    write_optional(out, "credential_problem",
                   problem.empty() ? std::nullopt : std::optional{problem});
}

}  // namespace

void write_labels(json::Writer& out, const std::map<std::string, std::string>& labels) {
    out.key("labels").begin_object();
    for (const auto& [key, value] : labels)
        out.field(key, value);
    out.end_object();
}

void write_texts(json::Writer& out, std::string_view name, const std::vector<std::string>& texts) {
    out.key(name).begin_array();
    for (const std::string& text : texts)
        out.value(text);
    out.end_array();
}

void write_addresses(json::Writer& out, const AddressSet& addresses) {
    out.begin_array();
    for (const Ipv4& address : addresses.ipv4)
        out.value(to_string(address));
    for (const Ipv6& address : addresses.ipv6)
        out.value(to_string(address));
    out.end_array();
}

void write_override_fields(json::Writer& out, const Override& forced) {
    out.field("who", forced.who).field("why", forced.why).field("since", to_rfc3339(forced.since));
    write_optional(out, "until",
                   forced.until ? std::optional{to_rfc3339(*forced.until)} : std::nullopt);
}

void write_override(json::Writer& out, std::string_view name,
                    const std::optional<Override>& forced) {
    out.key(name);
    if (!forced) {
        out.null();
        return;
    }
    out.begin_object();
    write_override_fields(out, *forced);
    out.end_object();
}

void write_controls(json::Writer& out, const Controls& controls) {
    out.begin_object();
    write_override(out, "pause", controls.pause);
    write_override(out, "observe", controls.observe);
    write_override(out, "losses_accepted", controls.losses_accepted);
    out.end_object();
}

void write_server(json::Writer& out, const Context& api, const Server& server, Instant now,
                  WallTime wall) {
    const auto health = api.engine.health_of(server.id, now);
    out.begin_object();
    out.field("id", server.id.value).field("name", server.name);
    out.field("ipv4", to_string(server.ipv4));
    write_address(out, "ipv6", server.ipv6);
    write_labels(out, server.labels);
    out.field("dynamic", server.dynamic);
    write_reported(out, api.engine.reported_address(server.id, now));
    const bool followed = server.address_followed() != WallTime{};
    write_optional(out, "address_followed",
                   followed ? std::optional{to_rfc3339(server.address_followed())} : std::nullopt);
    out.field("health", to_text(health.health)).field("health_sentence", health.sentence);
    out.field("linked", health.linked).field("ever_seen", server.ever_seen);
    std::optional<std::string> last_seen;
    std::optional<double> ago_s;
    if (health.last_seen_ago) {
        last_seen = to_rfc3339(wall - *health.last_seen_ago);
        ago_s = static_cast<double>(health.last_seen_ago->count()) / 1000.0;
    }
    write_optional(out, "last_seen", last_seen);
    write_optional(out, "last_seen_ago_s", ago_s);
    out.field("alarm", to_text(server.alarm));
    write_optional(out, "load", health.load);
    write_override(out, "maintenance", server.maintenance);
    write_agent(out, api.engine.machine_of(server.id));
    write_token_shared(out, server);
    out.key("testimony").begin_array();
    evidence::write_testimony(out, api.fleet(), api.engine.testimony_of(server.id), {}, now);
    out.end_array();
    write_found_over_ipv6(out, api, server, now);
    write_readiness(out, api, server, now);
    out.key("pools").begin_array();
    for (const PoolId pool : api.fleet().pools_of(server.id)) {
        out.value(name_of(api.fleet().pool(pool)));
    }
    out.end_array().end_object();
}

void write_domain(json::Writer& out, const Context& api, const Domain& domain) {
    const Pool& pool = *api.fleet().pool(domain.pool);
    out.begin_object();
    out.field("id", domain.id.value).field("name", domain.name);
    out.field("display_name", display_name(domain.name));
    out.field("status", to_text(status_of(domain, pool)));
    write_reference(out, "pool", pool.id.value, pool.name);
    write_reference(out, "provider", domain.provider.value,
                    name_of(api.fleet().provider(domain.provider)));
    out.field("zone", domain.zone_name).field("ipv6", domain.with_ipv6);
    out.field("proxied", domain.proxied);
    write_ttl(out, "normal_ttl_s", domain.normal_ttl);
    const bool adopted = domain.adopted(pool);
    out.field("reason", adopted ? std::string{kAdoptedReason} : pool.state_reason());
    out.field("adopted", adopted);
    write_override(out, "ignored", domain.ignored);
    write_record(out, api.fleet(), domain);
    write_serving(out, domain);
    out.end_object();
}

void write_provider(json::Writer& out, const Context& api, const ProviderAccount& account,
                    std::size_t domains) {
    out.begin_object();
    out.field("id", account.id.value).field("name", account.name).field("kind", account.kind);
    out.key("settings").raw(account.settings.empty() ? "{}" : account.settings);
    write_problem(out, sealed_problem(api.sealer, account));
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
    out.key("types").begin_array();
    for (const NoticeType type : channel.types)
        out.value(to_text(type));
    out.end_array();
    write_texts(out, "pools", subscribed_pools(api.fleet(), channel));
    write_labels(out, channel.labels);
    write_problem(out, sealed_problem(api.sealer, channel));
    out.field("disabled", channel.disabled).end_object();
}

void write_event(json::Writer& out, const HistoryRow& row) {
    const LogLine& line = row.line;
    out.begin_object();
    out.field("id", line.id.value).field("at", to_rfc3339(row.at)).field("type", line.type);
    write_reference(out, "server", line.server.value, line.server_name);
    write_reference(out, "pool", line.pool.value, line.pool_name);
    write_reference(out, "domain", line.domain.value, line.domain_name);
    write_optional(out, "incident",
                   line.incident ? std::optional{line.incident.value} : std::nullopt);
    write_content(out, "from", line.from);
    write_content(out, "to", line.to);
    out.field("reason", line.reason).field("detail", line.detail).field("who", line.who);
    out.end_object();
}

void write_notification(json::Writer& out, const std::string& channel, const NotificationRow& row) {
    out.begin_object();
    out.field("id", row.id.value)
        .field("type", to_text(row.type))
        .field("state", to_text(row.state));
    write_reference(out, "channel", row.channel.value, channel);
    out.field("attempts", row.attempts).field("created", to_rfc3339(row.created));
    const bool pending = row.state == NotificationState::Pending;
    write_optional(out, "next_try",
                   pending ? std::optional{to_rfc3339(row.next_try)} : std::nullopt);
    out.field("last_error", row.last_error);
    out.key("payload").raw(row.payload.empty() ? "{}" : row.payload);
    out.end_object();
}

}  // namespace understudy::api
