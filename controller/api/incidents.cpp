// What is broken, and who sees to it.
#include "base/words.h"
#include "controller/api/answers.h"
#include "controller/api/handlers.h"
#include "controller/api/long_list.h"
#include "controller/api/view_parts.h"
#include "controller/core/engine_view.h"
#include "controller/core/troubles.h"

namespace understudy::api {
namespace {

constexpr std::size_t kRecordsNamed = 20;
constexpr std::size_t kWorkOfIncidentView = 30;  // what is broken of it, and a sentence of that

std::vector<std::string> names_in(const Fleet& fleet, const std::vector<ChannelId>& channels) {
    std::vector<std::string> names;
    for (const ChannelId id : channels)
        if (const Channel* channel = fleet.channel(id)) names.push_back(channel->name);
    return names;
}

void write_things(json::Writer& out, const std::vector<Trouble>& broken) {
    std::vector<std::string> servers, pools, domains;
    std::size_t count = 0;
    for (const Trouble& trouble : broken) {
        if (trouble.server != nullptr) servers.push_back(trouble.server->name);
        if (trouble.pool != nullptr) pools.push_back(trouble.pool->name);
        if (trouble.domain == nullptr) continue;
        if (++count <= kRecordsNamed) domains.push_back(trouble.domain->name);
    }
    out.list("servers", servers).list("pools", pools).list("domains", domains);
    out.field("domain_count", count);
}

void write_incident(json::Writer& out, const Context& api, const Incident& incident,
                    const Moment& at) {
    const EngineView view = api.engine.view(at.now);
    const auto broken = troubles::of_incident(api.fleet(), view.incidents, incident.id);
    out.begin_object().field("id", incident.id.value);
    out.field("severity", to_text(incident.severity)).field("since", incident.since);
    out.field("sentence", troubles::summary(broken).reason);
    write_things(out, broken);
    write_override(out, "acknowledged", incident.acknowledged);
    out.list("escalated", names_in(api.fleet(), incident.owed));
    out.end_object();
}

}  // namespace

ApiResponse the_incident(const Context& api, std::int64_t id, const Moment& at) {
    return shown(api.fleet().incident(IncidentId{id}),
                 [&](json::Writer& out, const Incident& incident) {
                     write_incident(out, api, incident, at);
                 });
}

void list_incidents(const Call& call) {
    answer_long_list(
        call, call.api.fleet().incidents(), kWorkOfIncidentView,
        [](const Fleet& fleet, IncidentId id) { return fleet.incident(id); }, write_incident);
}

}  // namespace understudy::api
