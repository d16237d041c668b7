// Transaction: one step's changes to the fleet. Every edit goes through it and becomes a row, so
// that nothing can be changed in memory and forgotten on disk. Made and finished by Engine::step().
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/change.h"
#include "controller/core/fleet.h"

namespace understudy {

// Ids in their order, each once; cheap to add to a thousand times.
template <typename IdType>
class TouchedIds {
  public:
    void insert(IdType id) {
        if (ids_.empty() || ids_.back() < id) return ids_.push_back(id);
        // Workers walk over the same things in the same order, one after the other.
        if (in_order_ && std::ranges::binary_search(ids_, id)) return;
        in_order_ = false;
        ids_.push_back(id);
    }
    void erase(IdType id) { std::erase(ids_, id); }
    const std::vector<IdType>& sorted() {
        if (!in_order_) {
            std::ranges::sort(ids_);
            ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
            in_order_ = true;
        }
        return ids_;
    }

  private:
    std::vector<IdType> ids_;
    bool in_order_ = true;
};

class Transaction {
  public:
    // public_url: where people find the page; empty: nowhere.
    Transaction(Fleet& fleet, std::int64_t& last_id, const std::string& public_url = {})
        : fleet_(fleet), last_id_(last_id), public_url_(public_url) {}

    const Fleet& fleet() const { return fleet_; }

    template <typename IdType>
    IdType next_id() {
        return IdType{++last_id_};
    }

    // For edits that touch no name, membership or token.
    template <typename Edit>
    void edit(ServerId id, Edit edit) {
        dirty(id);
        fleet_.edit(id, edit);
    }
    template <typename IdType>
    auto& edit(IdType id) {
        dirty(id);
        return fleet_.edit(id);
    }
    Controls& edit_controls();

    template <typename Thing>
    void put(Thing thing) {
        const auto id = thing.id;
        fleet_.put(std::move(thing));
        dirty(id);
    }
    template <typename IdType>
    void erase(IdType id) {
        fleet_.erase(id);
        touched(id).erase(id);
        gone_.push_back(id.value);
        deletions_.push_back(deletion_of(id));
    }

    EventId log(LogLine line);  // gives it its id
    // held: until release().
    void enqueue(ChannelId channel, const Notice& notice, NotificationId id, bool held = false);
    void release(ChannelId channel);
    // How many messages there are; and the first line since then that tells of a person's order;
    // none: there is none.
    std::size_t told() const { return messages_.size(); }
    LogLine* line_of_order(std::size_t since);
    void keep(Drill ended);
    void sight(ServerId server, Sight sight, Observer observer = {});
    void prune();
    void reply(std::uint64_t request, Result<OrderDone> result);
    void check_records() { decision_.check_records = true; }
    void ask_witnesses() { decision_.ask_witnesses = true; }
    void ask_served(AskServed asked) { decision_.ask_served.push_back(std::move(asked)); }
    void ask_proof(AskProof asked) { decision_.ask_proofs.push_back(asked); }
    void ask_readiness(ServerId server) { decision_.ask_readiness.push_back(server); }
    void ask_observers(ServerId server) { decision_.ask_observers.push_back(server); }

    const std::vector<ServerId>& touched_servers() { return servers_.sorted(); }
    const std::vector<PoolId>& touched_pools() { return pools_.sorted(); }
    const std::vector<DomainId>& touched_domains() { return domains_.sorted(); }

    bool touched_controls() const { return controls_; }

    const std::vector<std::int64_t>& gone() const { return gone_; }  // ids of what was erased

    // Rows in an order that foreign keys accept: what is referred to first.
    Decision finish();

  private:
    std::string link_to(const Notice& notice) const;

    auto& touched(ServerId) { return servers_; }
    auto& touched(PoolId) { return pools_; }
    auto& touched(DomainId) { return domains_; }
    auto& touched(ProviderId) { return providers_; }
    auto& touched(ChannelId) { return channels_; }
    auto& touched(TokenId) { return tokens_; }
    auto& touched(IncidentId) { return incidents_; }
    static Change deletion_of(ServerId id) { return DeleteServer{id}; }
    static Change deletion_of(PoolId id) { return DeletePool{id}; }
    static Change deletion_of(DomainId id) { return DeleteDomain{id}; }
    static Change deletion_of(ProviderId id) { return DeleteProvider{id}; }
    static Change deletion_of(ChannelId id) { return DeleteChannel{id}; }
    static Change deletion_of(TokenId id) { return DeleteToken{id}; }
    static Change deletion_of(IncidentId id) { return DeleteIncident{id}; }
    template <typename IdType>
    void dirty(IdType id) {
        touched(id).insert(id);
    }

    Fleet& fleet_;
    std::int64_t& last_id_;
    const std::string public_url_;
    TouchedIds<ServerId> servers_;
    TouchedIds<PoolId> pools_;
    TouchedIds<DomainId> domains_;
    TouchedIds<ProviderId> providers_;
    TouchedIds<ChannelId> channels_;
    TouchedIds<TokenId> tokens_;
    TouchedIds<IncidentId> incidents_;
    bool controls_ = false;
    std::vector<std::int64_t> gone_;
    std::vector<Change> deletions_;
    std::vector<Change> messages_;  // log lines and notifications, in order
    Decision decision_;
};

}  // namespace understudy
