// Pools of a fleet document: made, given members and policy, removed.
#include <algorithm>

#include "base/policy_fields.h"
#include "controller/api/fleet_planning.h"
#include "controller/api/view_parts.h"

namespace understudy::api {
namespace {

using PoolItem = FleetDocument::PoolItem;

bool check_members(Planning& planning, const std::string& path,
                   const std::vector<std::string>& members) {
    bool sound = !members.empty();
    for (std::size_t i = 0; i < members.size(); ++i) {
        const std::string field = path + ".members[" + std::to_string(i) + "]";
        const auto here = members.begin() + static_cast<std::ptrdiff_t>(i);
        if (members[i].empty()) continue;
        if (!planning.end.servers.contains(members[i])) {
            sound = false;
            const bool in_file = planning.in.document.servers.has_value();
            planning.complain(
                field,
                "there is no server " + quoted(members[i]) + (in_file ? " in this file" : ""),
                "name one that there is, or add it to servers");
        } else if (std::find(members.begin(), here, members[i]) != here) {
            sound = false;
            planning.complain(field, "server " + quoted(members[i]) + " is named twice",
                              "name it once");
        }
    }
    return sound;
}

void plan_new_pool(Planning& planning, const std::string& path, const PoolItem& item) {
    std::vector<FieldChange> fields{{"members", "", text_of(item.members)}};
    planning.differ(Difference::How::Added, "pool", item.name, std::move(fields));
    planning.phases.pools.push_back({AddPool{item.name, item.members, item.policy}, path});
}

void plan_pool_change(Planning& planning, const std::string& path, const PoolItem& item,
                      const Pool& pool) {
    const auto members = server_names(planning.in.fleet, pool.members);
    std::vector<FieldChange> fields =
        only_real({{"members", text_of(members), text_of(item.members)}});
    if (!fields.empty()) {
        planning.phases.members.push_back(
            {SetMembers{pool.id, item.members, planning.in.force}, path});
    }
    const auto policy = only_real(described_fields("policy.", pool.policy, item.policy));
    if (!policy.empty()) {
        fields.insert(fields.end(), policy.begin(), policy.end());
        planning.phases.policies.push_back({SetPolicy{pool.id, item.policy}, path});
    }
    if (!fields.empty()) {
        planning.differ(Difference::How::Changed, "pool", pool.name, std::move(fields));
    }
}

void complain_of_pool(Planning& planning, const Pool& pool, const std::string& trouble,
                      std::string remedy) {
    planning.complain("pools", "pool '" + pool.name + "' " + trouble, std::move(remedy));
}

// What keeps a pool that the file leaves out.
void check_removal(Planning& planning, const Pool& pool) {
    const auto domains = planning.in.fleet.domains_of(pool.id).size();
    if (!planning.in.document.domains && domains > 0) {
        complain_of_pool(planning, pool,
                         "is not in the file but serves " + std::to_string(domains) + " domains",
                         "name it, or give the domains in the file as well");
    }
    if (pool.hold || pool.dry_run || pool.preferred) {
        complain_of_pool(planning, pool,
                         "is not in the file but held, switched over or in a dry run",
                         "release it, fail it back or end the dry run first");
    }
    // With channels in the file it is found at the channel.
    if (!planning.in.document.channels && planning.end.subscribed.contains(pool.name)) {
        complain_of_pool(planning, pool, "is not in the file but a channel is narrowed to it",
                         "name it, or give the channels in the file as well");
    }
}

void plan_removal(Planning& planning, const Pool& pool) {
    const bool in_end = planning.end.pools.contains(pool.name);
    const bool named = planning.in.document.pools && in_end;
    if (ends_by_itself(planning, pool)) {
        if (named) {
            complain_of_pool(planning, pool,
                             "was made for its domains and goes with the last of them, but the "
                             "file names it",
                             "leave it out, or give it a domain");
        }
        planning.differ(Difference::How::Removed, "pool", pool.name);
        return;
    }
    if (!planning.in.document.pools || named) return;
    planning.differ(Difference::How::Removed, "pool", pool.name);
    check_removal(planning, pool);
    planning.phases.gone_pools.push_back({RemovePool{pool.id}, "pools"});
}

}  // namespace

bool ends_by_itself(const Planning& planning, const Pool& pool) {
    const auto kept = planning.end.pools.find(pool.name);
    const bool empty = kept == planning.end.pools.end() || kept->second.domains == 0;
    const bool left = empty && !planning.in.fleet.domains_of(pool.id).empty();
    return pool.implicit && left && !planning.end.subscribed.contains(pool.name);
}

void plan_pools(Planning& planning) {
    if (planning.in.document.pools) {
        const auto& items = *planning.in.document.pools;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::string path = item_path("pools", i);
            if (!check_members(planning, path, items[i].members) || items[i].name.empty()) continue;
            const Pool* pool = planning.in.fleet.pool_named(items[i].name);
            if (pool == nullptr) {
                plan_new_pool(planning, path, items[i]);
            } else {
                plan_pool_change(planning, path, items[i], *pool);
            }
        }
    }
    for (const Pool* pool : planning.in.fleet.pools())
        plan_removal(planning, *pool);
}

}  // namespace understudy::api
