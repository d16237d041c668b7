#include "controller/core/fleet.h"

#include <algorithm>

#include "base/text.h"

namespace understudy {
namespace {

template <typename Names, typename Things>
auto* find_named(const Names& names, const Things& things, std::string_view name) {
    const auto* id = names.find(std::string{name});
    return id == nullptr ? nullptr : things.find(*id);
}

template <typename Id, typename Thing>
std::vector<const Thing*> sorted(const std::unordered_map<Id, Thing>& things) {
    std::vector<const Thing*> out;
    out.reserve(things.size());
    for (const auto& entry : things)
        out.push_back(&entry.second);
    std::ranges::sort(out, {}, [](const Thing* thing) { return thing->id; });
    return out;
}

template <typename Index, typename Key, typename Id>
void drop(Index& index, const Key& key, Id id) {
    auto* ids = index.edit(key);
    if (ids == nullptr) return;
    ids->drop(id);
    if (ids->empty()) index.erase(key);
}

}  // namespace

const Server* Fleet::server(ServerId id) const {
    return servers_.find(id);
}
const Pool* Fleet::pool(PoolId id) const {
    return pools_.find(id);
}
const Domain* Fleet::domain(DomainId id) const {
    return domains_.find(id);
}
const ProviderAccount* Fleet::provider(ProviderId id) const {
    return providers_.find(id);
}
const Channel* Fleet::channel(ChannelId id) const {
    return channels_.find(id);
}

const Server* Fleet::server_named(std::string_view name) const {
    return find_named(server_names_, servers_, name);
}
const Server* Fleet::server_with_token_prefix(std::string_view prefix) const {
    return find_named(server_tokens_, servers_, prefix);
}
const Pool* Fleet::pool_named(std::string_view name) const {
    return find_named(pool_names_, pools_, name);
}
const Domain* Fleet::domain_named(std::string_view name) const {
    return find_named(domain_names_, domains_, name);
}
const ProviderAccount* Fleet::provider_named(std::string_view name) const {
    return find_named(provider_names_, providers_, name);
}
const Channel* Fleet::channel_named(std::string_view name) const {
    return find_named(channel_names_, channels_, name);
}

std::vector<const Server*> Fleet::servers() const {
    return sorted(servers_.all());
}
std::vector<const Pool*> Fleet::pools() const {
    return sorted(pools_.all());
}
std::vector<const Domain*> Fleet::domains() const {
    return sorted(domains_.all());
}
std::vector<const ProviderAccount*> Fleet::providers() const {
    return sorted(providers_.all());
}
std::vector<const Channel*> Fleet::channels() const {
    return sorted(channels_.all());
}

const std::vector<PoolId>& Fleet::pools_of(ServerId server) const {
    static const std::vector<PoolId> none;
    const auto* found = pools_of_.find(server);
    return found == nullptr ? none : found->all();
}

const std::vector<DomainId>& Fleet::domains_of(PoolId pool) const {
    static const std::vector<DomainId> none;
    const auto* found = domains_of_.find(pool);
    return found == nullptr ? none : found->all();
}

std::string Fleet::names_of(const std::vector<ServerId>& servers) const {
    std::string names;
    for (const ServerId id : servers)
        add_item(names, servers_.at(id).name);
    return names;
}

AddressSet Fleet::addresses_of(const Pool& pool, const Target& target, bool with_ipv6) const {
    if (target.is_fallback()) {
        const Policy& policy = pool.policy;
        return make_address_set(policy.fallback_ipv4,
                                with_ipv6 ? policy.fallback_ipv6 : std::nullopt);
    }
    AddressSet addresses;
    for (const ServerId id : target.servers) {
        const Server& server = servers_.at(id);
        addresses.ipv4.push_back(server.ipv4);
        if (with_ipv6 && server.ipv6) addresses.ipv6.push_back(*server.ipv6);
    }
    addresses.normalise();
    return addresses;
}

// --- the indexes ---------------------------------------------------------------------------------

void Fleet::index(const Server& server) {
    server_names_.put(server.name, server.id);
    server_tokens_.put(server.token_prefix, server.id);
    *expected_servers_ += server.expected() ? 1 : 0;
}
void Fleet::unindex(const Server& server) {
    server_names_.erase(server.name);
    server_tokens_.erase(server.token_prefix);
    *expected_servers_ -= server.expected() ? 1 : 0;
}

void Fleet::index(const Pool& pool) {
    for (const ServerId member : pool.members)
        pools_of_[member].add(pool.id);
    pool_names_.put(pool.name, pool.id);
}
void Fleet::unindex(const Pool& pool) {
    for (const ServerId member : pool.members)
        drop(pools_of_, member, pool.id);
    pool_names_.erase(pool.name);
}

void Fleet::index(const Domain& domain) {
    domain_names_.put(domain.name, domain.id);
    domains_of_[domain.pool].add(domain.id);
}
void Fleet::unindex(const Domain& domain) {
    drop(domains_of_, domain.pool, domain.id);
    domain_names_.erase(domain.name);
}

void Fleet::index(const ProviderAccount& provider) {
    provider_names_.put(provider.name, provider.id);
}
void Fleet::unindex(const ProviderAccount& provider) {
    provider_names_.erase(provider.name);
}

void Fleet::index(const Channel& channel) {
    channel_names_.put(channel.name, channel.id);
}
void Fleet::unindex(const Channel& channel) {
    channel_names_.erase(channel.name);
}

}  // namespace understudy
