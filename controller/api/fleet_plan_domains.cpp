// Domains of a fleet document: added from what their record holds, moved between pools, removed.
#include <algorithm>

#include "controller/api/fleet_planning.h"
#include "controller/api/wishes.h"

namespace understudy::api {
namespace {

using DomainItem = FleetDocument::DomainItem;

// Every address that a pool's records may ever hold.
AddressSet possible_addresses(const Planning& planning, const Outcomes::PoolEnd& pool) {
    AddressSet all;
    for (const std::string& member : pool.members) {
        const auto server = planning.end.servers.find(member);
        if (server == planning.end.servers.end()) continue;
        if (server->second.ipv4) all.ipv4.push_back(*server->second.ipv4);
        if (server->second.ipv6) all.ipv6.push_back(*server->second.ipv6);
    }
    if (pool.policy.fallback_ipv4) all.ipv4.push_back(*pool.policy.fallback_ipv4);
    if (pool.policy.fallback_ipv6) all.ipv6.push_back(*pool.policy.fallback_ipv6);
    return all;
}

template <typename Address>
bool within(const std::vector<Address>& some, const std::vector<Address>& all) {
    return std::ranges::all_of(
        some, [&](const Address& each) { return std::ranges::find(all, each) != all.end(); });
}

// What can be said of a record before the order is tried, so that all such records are named at
// once. The order itself looks closer.
bool check_record(Planning& planning, const std::string& path, const DomainItem& item,
                  const RecordReading& reading) {
    const AddressSet& held = reading.state.addresses;
    const Outcomes::PoolEnd& pool = planning.end.pools.at(item.pool);
    const AddressSet possible = possible_addresses(planning, pool);
    if (!reading.exists) {
        planning.complain(path, "record '" + item.name + "' does not exist",
                          "create it at the provider as " +
                              (possible.ipv4.empty() ? std::string{"its pool's first address"}
                                                     : to_string(possible.ipv4.front())) +
                              ", proxied or not as you want it");
        return false;
    }
    if (item.ipv6 == false && !held.ipv6.empty()) {
        const Error behind = aaaa_left_behind(item.name, held);
        planning.complain(path + ".ipv6", behind.message, behind.remedy);
        return false;
    }
    if (within(held.ipv4, possible.ipv4) && within(held.ipv6, possible.ipv6)) return true;
    planning.complain(path,
                      "record '" + item.name + "' holds " + to_string(held) +
                          ", and no server of "
                          "pool '" +
                          item.pool + "' has that",
                      "point the record at the pool first, or take it over with 'understudyctl "
                      "domain add --enforce'");
    return false;
}

void order_new(Planning& planning, const std::string& path, const DomainItem& item,
               ProviderId provider, const Location& location) {
    if (!check_record(planning, path, item, location.reading)) {
        planning.plan.misfits.insert(item.name);
        return;
    }
    const RecordState& state = location.reading.state;
    AddDomain order;
    order.name = item.name;
    order.provider = provider;
    order.zone_id = location.zone.id;
    order.zone_name = location.zone.name;
    order.pool.name = item.pool;
    order.with_ipv6 = item.ipv6.value_or(false) || !state.addresses.ipv6.empty();
    order.observed = state;
    planning.phases.domains.push_back({std::move(order), path});
    for (const std::string& warning : location.warnings)
        planning.plan.warnings.push_back(item.name + ": " + warning);
}

void plan_new_domain(Planning& planning, const std::string& path, const DomainItem& item) {
    planning.differ(Difference::How::Added, "domain", item.name,
                    {{"pool", "", item.pool}, {"provider", "", item.provider}});
    const ProviderAccount* provider = planning.in.fleet.provider_named(item.provider);
    if (provider == nullptr) return;  // complained about already
    const auto found = planning.in.located.find(item.name);
    if (found == planning.in.located.end()) {
        planning.plan.unread.push_back({provider->id, item.name});
    } else if (!found->second) {
        Error error = found->second.error();
        error.field = path;
        if (error.code == Errc::NotFound) error.code = Errc::Invalid;
        planning.plan.problems.push_back(std::move(error));
    } else {
        order_new(planning, path, item, provider->id, *found->second);
    }
}

void check_unchanged(Planning& planning, const std::string& path, const DomainItem& item,
                     const Domain& domain) {
    const std::string remedy =
        "take the domain out of the file, apply, then put it back: its record stays as it is";
    const ProviderAccount* provider = planning.in.fleet.provider(domain.provider);
    if (provider != nullptr && provider->name != item.provider) {
        planning.complain(
            path + ".provider",
            "'" + item.name + "' is at provider '" + provider->name + "', which cannot be changed",
            remedy);
    }
    if (item.ipv6 && *item.ipv6 != domain.with_ipv6) {
        planning.complain(path + ".ipv6",
                          "'" + item.name + "' was bound " +
                              (domain.with_ipv6 ? "with" : "without") +
                              " its AAAA record, which cannot be changed",
                          remedy);
    }
}

bool check_references(Planning& planning, const std::string& path, const DomainItem& item) {
    const bool in_file = planning.in.document.pools.has_value();
    const bool pool = item.pool.empty() || planning.end.pools.contains(item.pool);
    if (!pool) {
        planning.complain(
            path + ".pool",
            "there is no pool " + quoted(item.pool) + (in_file ? " in this file" : ""),
            "name one that there is, or add it to pools");
    }
    const bool provider =
        item.provider.empty() || planning.in.fleet.provider_named(item.provider) != nullptr;
    if (!provider) {
        planning.complain(path + ".provider", "there is no provider " + quoted(item.provider),
                          "register it first: understudyctl provider add");
    }
    return pool && !item.name.empty() && !item.pool.empty() && !item.provider.empty();
}

// One order for each pool, so that the brake sees all of its domains.
struct Moves {
    std::vector<std::string> pools;  // in the order of the file
    std::map<std::string, std::pair<std::vector<DomainId>, std::string>> to;

    void add(const std::string& pool, DomainId domain, const std::string& path) {
        const auto [entry, fresh] = to.try_emplace(pool);
        if (fresh) pools.push_back(pool);
        entry->second.first.push_back(domain);
        entry->second.second = fresh ? path : "domains";
    }
};

void plan_known(Planning& planning, Moves& moves, const std::string& path, const DomainItem& item,
                const Domain& domain) {
    check_unchanged(planning, path, item, domain);
    const std::string& before = planning.in.fleet.pool(domain.pool)->name;
    if (before == item.pool) return;
    planning.differ(Difference::How::Changed, "domain", item.name, {{"pool", before, item.pool}});
    moves.add(item.pool, domain.id, path);
}

}  // namespace

void plan_domains(Planning& planning) {
    if (!planning.in.document.domains) return;
    const auto& items = *planning.in.document.domains;
    Moves moves;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string path = item_path("domains", i);
        if (!check_references(planning, path, items[i])) continue;
        const Domain* domain = planning.in.fleet.domain_named(items[i].name);
        if (domain == nullptr) {
            plan_new_domain(planning, path, items[i]);
        } else {
            plan_known(planning, moves, path, items[i], *domain);
        }
    }
    for (const std::string& pool : moves.pools) {
        auto& [domains, path] = moves.to.at(pool);
        planning.phases.domains.push_back(
            {MoveDomains{std::move(domains), {}, planning.in.force, pool}, path});
    }
    for (const Domain* domain : planning.in.fleet.domains()) {
        if (planning.end.domains.contains(domain->name)) continue;
        planning.differ(Difference::How::Removed, "domain", domain->name);
        planning.phases.gone_domains.push_back({RemoveDomain{domain->id}, "domains"});
    }
}

}  // namespace understudy::api
