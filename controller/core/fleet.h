// Fleet: everything registered, with the look-ups the engine and the API need. Owned by the engine;
// others read it between steps on the loop thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/undo_log.h"
#include "controller/core/model.h"

namespace understudy {

// What belongs to one thing, in the order it came. What leaves is taken out when the list is read
// next, all at once: the many domains of a pool that move away one by one cost one walk over it.
template <typename IdType>
class Belongings {
  public:
    void add(IdType id) {
        take_out();  // it may be leaving
        ids_.push_back(id);
    }
    void drop(IdType id) { leaving_.push_back(id); }  // which is there
    bool empty() const { return ids_.size() == leaving_.size(); }
    const std::vector<IdType>& all() const {
        take_out();
        return ids_;
    }

  private:
    void take_out() const {
        if (leaving_.empty()) return;
        std::ranges::sort(leaving_);
        std::erase_if(ids_, [&](IdType id) { return std::ranges::binary_search(leaving_, id); });
        leaving_.clear();
    }

    mutable std::vector<IdType> ids_, leaving_;
};

class Fleet {
  public:
    explicit Fleet(UndoLog& log) : log_(log) {}

    const Server* server(ServerId id) const { return servers_.find(id); }
    const Pool* pool(PoolId id) const { return pools_.find(id); }
    const Domain* domain(DomainId id) const { return domains_.find(id); }
    const ProviderAccount* provider(ProviderId id) const { return providers_.find(id); }
    const Channel* channel(ChannelId id) const { return channels_.find(id); }
    const Token* token(TokenId id) const { return tokens_.find(id); }
    const Incident* incident(IncidentId id) const { return incidents_.find(id); }

    const Server* server_named(std::string_view name) const;
    // Of the token that counts, or of the newer one beside it.
    const Server* server_with_token_prefix(std::string_view prefix) const;
    const Server* server_with_code(std::string_view code_hash) const;
    const Pool* pool_named(std::string_view name) const;
    const Domain* domain_named(std::string_view name) const;
    const ProviderAccount* provider_named(std::string_view name) const;
    const Channel* channel_named(std::string_view name) const;
    const Token* token_named(std::string_view name) const;
    const Token* token_with_prefix(std::string_view prefix) const;

    int expected_servers() const { return *expected_servers_; }  // how many are

    // Another after each change, be it one that was taken back.
    std::uint64_t version() const { return version_; }
    // What somebody sees of a fleet (within.h): how many servers that has is known, and no more.
    void is_part_of(const Fleet& whole) {
        part_ = true;
        *expected_servers_ = whole.expected_servers();
    }
    bool part() const { return part_; }

    // In the order of their ids.
    std::vector<const Server*> servers() const { return sorted(servers_.all()); }
    std::vector<const Pool*> pools() const { return sorted(pools_.all()); }
    std::vector<const Domain*> domains() const { return sorted(domains_.all()); }
    std::vector<const ProviderAccount*> providers() const { return sorted(providers_.all()); }
    std::vector<const Channel*> channels() const { return sorted(channels_.all()); }
    std::vector<const Token*> tokens() const { return sorted(tokens_.all()); }
    std::vector<const Incident*> incidents() const { return sorted(incidents_.all()); }

    const std::vector<PoolId>& pools_of(ServerId server) const;
    const std::vector<DomainId>& domains_of(PoolId pool) const;
    const Controls& controls() const { return *controls_; }
    // The addresses a pool's domains should have for that target (fallback included).
    AddressSet addresses_of(const Pool& pool, const Target& target, bool with_ipv6) const;

    // "web1, web2", for people.
    std::string names_of(const std::vector<ServerId>& servers) const;

    // Adds or replaces; keeps the indexes right.
    template <typename Thing>
    void put(Thing thing) {
        const auto id = thing.id;
        ++version_;
        if (const Thing* old = table_of(id).find(id)) unindex(*old);
        index(thing);
        table_of(id).put(id, std::move(thing));
    }
    void put(Controls controls) { edit_controls() = std::move(controls); }
    template <typename IdType>
    void erase(IdType id) {
        const auto* old = table_of(id).find(id);
        if (old == nullptr) return;
        ++version_;
        unindex(*old);
        table_of(id).erase(id);
    }

  private:
    // Edits in place that touch no index (no name, no membership, no token): a Transaction makes
    // each of them a row.
    friend class Transaction;
    template <typename Edit>
    void edit(ServerId id, Edit edit) {
        ++version_;
        Server& server = servers_.edit_known(id);
        *expected_servers_ -= server.expected() ? 1 : 0;
        edit(server);
        *expected_servers_ += server.expected() ? 1 : 0;
    }
    template <typename IdType>
    auto& edit(IdType id) {
        ++version_;
        return table_of(id).edit_known(id);
    }
    Controls& edit_controls() {
        ++version_;
        return *controls_;
    }

    template <typename IdType, typename Thing>
    static std::vector<const Thing*> sorted(const std::unordered_map<IdType, Thing>& things) {
        std::vector<const Thing*> out;
        out.reserve(things.size());
        for (const auto& entry : things)
            out.push_back(&entry.second);
        std::ranges::sort(out, {}, [](const Thing* thing) { return thing->id; });
        return out;
    }

    void index(const Server& server);
    void index(const Pool& pool);
    void index(const Domain& domain);
    void index(const ProviderAccount& account) { provider_names_.put(account.name, account.id); }
    void index(const Channel& channel) { channel_names_.put(channel.name, channel.id); }
    void index(const Token& token);
    void index(const Incident&) {}
    void unindex(const Incident&) {}
    void unindex(const Server& server);
    void unindex(const Pool& pool);
    void unindex(const Domain& domain);
    void unindex(const ProviderAccount& account) { provider_names_.erase(account.name); }
    void unindex(const Channel& channel) { channel_names_.erase(channel.name); }
    void unindex(const Token& token);

    template <typename Key, typename Value>
    using Table = UndoMap<std::unordered_map<Key, Value>>;

    auto& table_of(ServerId) { return servers_; }
    auto& table_of(PoolId) { return pools_; }
    auto& table_of(DomainId) { return domains_; }
    auto& table_of(ProviderId) { return providers_; }
    auto& table_of(ChannelId) { return channels_; }
    auto& table_of(TokenId) { return tokens_; }
    auto& table_of(IncidentId) { return incidents_; }

    UndoLog& log_;
    std::uint64_t version_ = 0;
    bool part_ = false;
    UndoValue<Controls> controls_{log_, {}};
    UndoValue<int> expected_servers_{log_, 0};
    Table<ServerId, Server> servers_{log_};
    Table<PoolId, Pool> pools_{log_};
    Table<DomainId, Domain> domains_{log_};
    Table<ProviderId, ProviderAccount> providers_{log_};
    Table<ChannelId, Channel> channels_{log_};
    Table<TokenId, Token> tokens_{log_};
    Table<IncidentId, Incident> incidents_{log_};
    Table<std::string, ServerId> server_names_{log_}, server_tokens_{log_}, server_codes_{log_};
    Table<std::string, PoolId> pool_names_{log_};
    Table<std::string, DomainId> domain_names_{log_};
    Table<std::string, ProviderId> provider_names_{log_};
    Table<std::string, ChannelId> channel_names_{log_};
    Table<std::string, TokenId> token_names_{log_}, token_prefixes_{log_};
    Table<ServerId, Belongings<PoolId>> pools_of_{log_};
    Table<PoolId, Belongings<DomainId>> domains_of_{log_};
};

}  // namespace understudy
