// Transaction: one step's changes to the fleet. Every edit goes through it and becomes a row, so
// that nothing can be changed in memory and forgotten on disk. Made and finished by Engine::step().
#pragma once

#include <algorithm>
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
    Transaction(Fleet& fleet, std::int64_t& last_id) : fleet_(fleet), last_id_(last_id) {}

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
    Pool& edit(PoolId id);
    Domain& edit(DomainId id);
    Channel& edit(ChannelId id);
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
        clean(id);
    }

    EventId log(LogLine line);  // gives it its id
    void enqueue(ChannelId channel, const Notice& notice, NotificationId id);
    void sight(ServerId server, Sight sight, Observer observer = {});
    void prune();
    void reply(std::uint64_t request, Result<OrderDone> result);
    void check_records() { decision_.check_records = true; }
    void ask_witnesses() { decision_.ask_witnesses = true; }
    void ask_served(AskServed asked) { decision_.ask_served.push_back(std::move(asked)); }
    void ask_proof(AskProof asked) { decision_.ask_proofs.push_back(asked); }
    void ask_observers(ServerId server) { decision_.ask_observers.push_back(server); }

    const std::vector<PoolId>& touched_pools() { return pools_.sorted(); }
    const std::vector<DomainId>& touched_domains() { return domains_.sorted(); }

    // Rows in an order that foreign keys accept: what is referred to first.
    Decision finish();

  private:
    void dirty(ServerId id) { servers_.insert(id); }
    void dirty(PoolId id) { pools_.insert(id); }
    void dirty(DomainId id) { domains_.insert(id); }
    void dirty(ProviderId id) { providers_.insert(id); }
    void dirty(ChannelId id) { channels_.insert(id); }
    void clean(ServerId id);
    void clean(PoolId id);
    void clean(DomainId id);
    void clean(ProviderId id);
    void clean(ChannelId id);

    Fleet& fleet_;
    std::int64_t& last_id_;
    TouchedIds<ServerId> servers_;
    TouchedIds<PoolId> pools_;
    TouchedIds<DomainId> domains_;
    TouchedIds<ProviderId> providers_;
    TouchedIds<ChannelId> channels_;
    bool controls_ = false;
    std::vector<Change> deletions_;
    std::vector<Change> messages_;  // log lines and notifications, in order
    Decision decision_;
};

}  // namespace understudy
