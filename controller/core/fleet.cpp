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

template <typename Index, typename Key, typename Id>
void drop(Index& index, const Key& key, Id id) {
    auto* ids = index.edit(key);
    if (ids == nullptr) return;
    ids->drop(id);
    if (ids->empty()) index.erase(key);
}

}  // namespace

const Server* Fleet::server_named(std::string_view name) const {
    return find_named(server_names_, servers_, name);
}
const Server* Fleet::server_with_token_prefix(std::string_view prefix) const {
    return find_named(server_tokens_, servers_, prefix);
}
const Server* Fleet::server_with_code(std::string_view code_hash) const {
    return find_named(server_codes_, servers_, code_hash);
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

const Token* Fleet::token_named(std::string_view name) const {
    return find_named(token_names_, tokens_, name);
}
const Token* Fleet::token_with_prefix(std::string_view prefix) const {
    return find_named(token_prefixes_, tokens_, prefix);
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
    if (!server.next_token_prefix.empty()) server_tokens_.put(server.next_token_prefix, server.id);
    if (!server.code_hash.empty()) server_codes_.put(server.code_hash, server.id);
    *expected_servers_ += server.expected() ? 1 : 0;
}
void Fleet::unindex(const Server& server) {
    server_names_.erase(server.name);
    server_tokens_.erase(server.token_prefix);
    if (!server.next_token_prefix.empty()) server_tokens_.erase(server.next_token_prefix);
    if (!server.code_hash.empty()) server_codes_.erase(server.code_hash);
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

void Fleet::index(const Token& token) {
    token_names_.put(token.name, token.id);
    token_prefixes_.put(token.prefix, token.id);
}
void Fleet::unindex(const Token& token) {
    token_names_.erase(token.name);
    token_prefixes_.erase(token.prefix);
}

void Fleet::index(const Domain& domain) {
    domain_names_.put(domain.name, domain.id);
    domains_of_[domain.pool].add(domain.id);
}
void Fleet::unindex(const Domain& domain) {
    drop(domains_of_, domain.pool, domain.id);
    domain_names_.erase(domain.name);
}

}  // namespace understudy
