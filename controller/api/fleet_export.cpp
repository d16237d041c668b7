// GET /api/v1/fleet: the present fleet as a document that POST takes, and takes for "no change".
#include "base/attention_fields.h"
#include "base/channel_kinds.h"
#include "base/field_codec.h"
#include "base/policy_fields.h"
#include "controller/api/handlers.h"
#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

void write_labels_if_any(json::Writer& out, const std::map<std::string, std::string>& labels) {
    if (!labels.empty()) write_labels(out, labels);
}

void write_servers(json::Writer& out, const Fleet& fleet) {
    out.objects("servers", fleet.servers(), [&](const Server* server) {
        out.field("name", server->name).field("ipv4", to_string(server->ipv4));
        if (server->ipv6) out.field("ipv6", to_string(*server->ipv6));
        if (server->dynamic) out.field("dynamic", true);
        write_labels_if_any(out, server->labels);
    });
}

void write_pools(json::Writer& out, const Fleet& fleet) {
    out.objects("pools", fleet.pools(), [&](const Pool* pool) {
        out.field("name", pool->name).list("members", server_names(fleet, pool->members));
        out.object("policy", [&] { write_described(out, pool->policy, Nothing::IsLeftOut); });
    });
}

void write_domains(json::Writer& out, const Fleet& fleet) {
    out.objects("domains", fleet.domains(), [&](const Domain* domain) {
        out.field("name", domain->name);
        out.field("provider", name_of(fleet.provider(domain->provider)));
        out.field("pool", fleet.pool(domain->pool)->name).field("ipv6", domain->with_ipv6);
    });
}

// A webhook that was added without a file has no references: its secrets stay as they are.
void write_settings(json::Writer& out, const Channel& channel) {
    const auto settings = json::Document::parse(channel.settings);
    const ChannelKind* kind = find_channel_kind(channel.kind);
    if (!settings || kind == nullptr) return;
    for (const ChannelSetting& setting : kind->settings) {
        const json::Value kept = settings->root()[setting.name];
        if (kept.exists()) out.key(setting.name).raw(kept.text());
    }
}

void write_channels(json::Writer& out, const Fleet& fleet) {
    out.objects("channels", fleet.channels(), [&](const Channel* channel) {
        out.field("name", channel->name).field("kind", channel->kind);
        out.object("settings", [&] { write_settings(out, *channel); });
        const auto pools = subscribed_pools(fleet, *channel);
        if (!channel->types.empty()) write_types(out, channel->types);
        write_described(out, channel->attention, Nothing::AndDefaultsAreLeftOut);
        if (!pools.empty()) out.list("pools", pools);
        write_labels_if_any(out, channel->labels);
    });
}

}  // namespace

void export_fleet(const Call& call) {
    const Fleet& fleet = call.api.fleet();
    json::Writer out;
    out.begin_object();
    write_servers(out, fleet);
    write_pools(out, fleet);
    write_domains(out, fleet);
    write_channels(out, fleet);
    out.end_object();
    call.respond(json_response(out.take()));
}

}  // namespace understudy::api
