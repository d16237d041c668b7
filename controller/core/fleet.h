// Fleet: everything registered, with the look-ups the engine and the API need. Owned by the engine;
// others read it between steps on the loop thread.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "controller/core/model.h"

namespace understudy {

class Fleet {
  public:
    const Server* server(ServerId id) const;
    const Pool* pool(PoolId id) const;
    const Domain* domain(DomainId id) const;
    const ProviderAccount* provider(ProviderId id) const;
    const Channel* channel(ChannelId id) const;

    const Server* server_named(std::string_view name) const;
    const Server* server_with_token_prefix(std::string_view prefix) const;
    const Pool* pool_named(std::string_view name) const;
    const Domain* domain_named(std::string_view name) const;
    const ProviderAccount* provider_named(std::string_view name) const;
    const Channel* channel_named(std::string_view name) const;

    int expected_servers() const { return expected_servers_; }  // how many are

    // In the order of their ids.
    std::vector<const Server*> servers() const;
    std::vector<const Pool*> pools() const;
    std::vector<const Domain*> domains() const;
    std::vector<const ProviderAccount*> providers() const;
    std::vector<const Channel*> channels() const;

    const std::vector<PoolId>& pools_of(ServerId server) const;
    const std::vector<DomainId>& domains_of(PoolId pool) const;
    const Controls& controls() const { return controls_; }
    // The addresses a pool's domains should have for that target (fallback included).
    AddressSet addresses_of(const Pool& pool, const Target& target, bool with_ipv6) const;

    // "web1, web2", for people.
    std::string names_of(const std::vector<ServerId>& servers) const;

    // Adds or replaces; keeps the indexes right.
    void put(Server server);
    void put(Pool pool);
    void put(Domain domain);
    void put(ProviderAccount provider);
    void put(Channel channel);
    void put(Controls controls) { controls_ = std::move(controls); }
    void erase(ServerId id);
    void erase(PoolId id);
    void erase(DomainId id);
    void erase(ProviderId id);
    void erase(ChannelId id);

  private:
    // Edits in place that touch no index (no name, no membership, no token): a Transaction makes
    // each of them a row.
    friend class Transaction;
    template <typename Edit>
    void edit(ServerId id, Edit edit) {
        Server& server = servers_.at(id);
        expected_servers_ -= server.expected() ? 1 : 0;
        edit(server);
        expected_servers_ += server.expected() ? 1 : 0;
    }
    Pool& edit(PoolId id) { return pools_.at(id); }
    Domain& edit(DomainId id) { return domains_.at(id); }
    Channel& edit(ChannelId id) { return channels_.at(id); }

    Controls& edit_controls() { return controls_; }

    Controls controls_;
    std::unordered_map<ServerId, Server> servers_;
    int expected_servers_ = 0;
    std::unordered_map<PoolId, Pool> pools_;
    std::unordered_map<DomainId, Domain> domains_;
    std::unordered_map<ProviderId, ProviderAccount> providers_;
    std::unordered_map<ChannelId, Channel> channels_;
    std::unordered_map<std::string, ServerId> server_names_, server_tokens_;
    std::unordered_map<std::string, PoolId> pool_names_;
    std::unordered_map<std::string, DomainId> domain_names_;
    std::unordered_map<std::string, ProviderId> provider_names_;
    std::unordered_map<std::string, ChannelId> channel_names_;
    std::unordered_map<ServerId, std::vector<PoolId>> pools_of_;
    std::unordered_map<PoolId, std::vector<DomainId>> domains_of_;
};

}  // namespace understudy
