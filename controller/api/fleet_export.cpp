// GET /api/v1/fleet: the present fleet as a document that POST takes, and takes for "no change".
#include "base/channel_kinds.h"
#include "base/field_codec.h"
#include "base/policy_fields.h"
#include "controller/api/handlers.h"
#include "controller/api/views.h"

namespace understudy::api {
namespace {

void write_labels_if_any(json::Writer& out, const std::map<std::string, std::string>& labels) {
    if (!labels.empty()) write_labels(out, labels);
}

void write_servers(json::Writer& out, const Fleet& fleet) {
    out.key("servers").begin_array();
    for (const Server* server : fleet.servers()) {
        out.begin_object().field("name", server->name).field("ipv4", to_string(server->ipv4));
        if (server->ipv6) out.field("ipv6", to_string(*server->ipv6));
        if (server->dynamic) out.field("dynamic", true);
        write_labels_if_any(out, server->labels);
        out.end_object();
    }
    out.end_array();
}

void write_pools(json::Writer& out, const Fleet& fleet) {
    out.key("pools").begin_array();
    for (const Pool* pool : fleet.pools()) {
        std::vector<std::string> members;
        for (const ServerId id : pool->members)
            members.push_back(fleet.server(id)->name);
        out.begin_object().field("name", pool->name);
        write_texts(out, "members", members);
        out.key("policy");
        out.begin_object();
        write_described(out, pool->policy, Nothing::IsLeftOut);
        out.end_object();
        out.end_object();
    }
    out.end_array();
}

void write_domains(json::Writer& out, const Fleet& fleet) {
    out.key("domains").begin_array();
    for (const Domain* domain : fleet.domains()) {
        const ProviderAccount* provider = fleet.provider(domain->provider);
        out.begin_object().field("name", domain->name);
        out.field("provider", provider == nullptr ? std::string{} : provider->name);
        out.field("pool", fleet.pool(domain->pool)->name);
        out.field("ipv6", domain->with_ipv6).end_object();
    }
    out.end_array();
}

// A webhook that was added without a file has no references: its secrets stay as they are.
void write_settings(json::Writer& out, const Channel& channel) {
    out.key("settings").begin_object();
    const auto settings = json::Document::parse(channel.settings);
    const ChannelKind* kind = find_channel_kind(channel.kind);
    if (settings && kind != nullptr) {
        for (const ChannelSetting& setting : kind->settings) {
            const json::Value kept = settings->root()[setting.name];
            if (kept.exists()) out.key(setting.name).raw(kept.text());
        }
    }
    out.end_object();
}

void write_channels(json::Writer& out, const Fleet& fleet) {
    out.key("channels").begin_array();
    for (const Channel* channel : fleet.channels()) {
        out.begin_object().field("name", channel->name).field("kind", channel->kind);
        write_settings(out, *channel);
        std::vector<std::string> types;
        const auto pools = subscribed_pools(fleet, *channel);
        for (const NoticeType type : channel->types)
            types.emplace_back(to_text(type));
        if (!types.empty()) write_texts(out, "types", types);
        if (!pools.empty()) write_texts(out, "pools", pools);
        write_labels_if_any(out, channel->labels);
        out.end_object();
    }
    out.end_array();
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
