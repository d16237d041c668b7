#include "controller/api/fleet_plan.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "controller/api/fleet_planning.h"
#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

template <typename Items, typename Names>
void note_names(Planning& planning, const char* section, const Items& items, Names add) {
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto& item = items[i];
        if (item.name.empty() || add(item)) continue;
        planning.complain(item_path(section, i) + ".name", quoted(item.name) + " is named twice",
                          "name it once");
    }
}

// Of each kind what the document says, else what is there.
void note_servers(Planning& planning) {
    auto& servers = planning.end.servers;
    if (planning.in.document.servers) {
        return note_names(
            planning, "servers", *planning.in.document.servers, [&](const auto& item) {
                return servers.emplace(item.name, Outcomes::ServerEnd{item.ipv4, item.ipv6}).second;
            });
    }
    for (const Server* server : planning.in.fleet.servers())
        servers.emplace(server->name, Outcomes::ServerEnd{server->ipv4, server->ipv6});
}

void note_pools(Planning& planning) {
    auto& pools = planning.end.pools;
    if (planning.in.document.pools) {
        return note_names(planning, "pools", *planning.in.document.pools, [&](const auto& item) {
            return pools.emplace(item.name, Outcomes::PoolEnd{item.members, item.policy}).second;
        });
    }
    for (const Pool* pool : planning.in.fleet.pools()) {
        pools.emplace(pool->name, Outcomes::PoolEnd{server_names(planning.in.fleet, pool->members),
                                                    pool->policy});
    }
}

void note_domains(Planning& planning) {
    auto& end = planning.end;
    const auto count = [&end](const std::string& pool) {
        const auto found = end.pools.find(pool);
        if (found != end.pools.end()) ++found->second.domains;
    };
    if (planning.in.document.domains) {
        return note_names(planning, "domains", *planning.in.document.domains,
                          [&](const auto& item) {
                              if (!end.domains.insert(item.name).second) return false;
                              count(item.pool);
                              return true;
                          });
    }
    for (const Domain* domain : planning.in.fleet.domains())
        count(planning.in.fleet.pool(domain->pool)->name);
}

void note_channels(Planning& planning) {
    auto& end = planning.end;
    if (planning.in.document.channels) {
        return note_names(planning, "channels", *planning.in.document.channels,
                          [&](const auto& item) {
                              end.subscribed.insert(item.pools.begin(), item.pools.end());
                              return end.channels.insert(item.name).second;
                          });
    }
    for (const Channel* channel : planning.in.fleet.channels()) {
        for (const std::string& pool : subscribed_pools(planning.in.fleet, *channel))
            end.subscribed.insert(pool);
    }
}

}  // namespace

std::vector<FieldChange> only_real(std::vector<FieldChange> fields) {
    std::erase_if(fields, [](const FieldChange& each) { return each.from == each.to; });
    return fields;
}

std::string text_of(const std::map<std::string, std::string>& labels) {
    std::string out;
    for (const auto& [key, value] : labels)
        add_item(out, key + "=" + value);
    return out;
}

std::string text_of(const std::vector<std::string>& names) {
    return listed(names);
}

FleetPlan plan_fleet(const FleetPlanInput& input) {
    FleetPlan plan;
    Planning planning{input, plan};
    note_servers(planning);
    note_pools(planning);
    note_domains(planning);
    note_channels(planning);
    plan_servers(planning);
    plan_pools(planning);
    plan_domains(planning);
    plan_channels(planning);
    PlanPhases& phases = planning.phases;
    // Channels let go of pools before these go, with an order or with their last domain.
    for (auto* phase : {&phases.servers, &phases.pools, &phases.gone_channels, &phases.channels,
                        &phases.members, &phases.policies, &phases.domains, &phases.gone_domains,
                        &phases.gone_pools, &phases.gone_servers}) {
        std::ranges::move(*phase, std::back_inserter(plan.orders));
    }
    return plan;
}

}  // namespace understudy::api
