// What a MemoryStore holds, and how one commit changes it. Used by MemoryStore only.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controller/store/store.h"

namespace understudy {

struct MemoryTables {
    struct StoredNotification {
        NotificationRow row;
        std::optional<WallTime> settled;
        std::int64_t subject = 0;
        IncidentId incident;

        bool waits() const { return row.state == NotificationState::Pending && row.served.empty(); }
    };
    struct StoredDomain {
        Domain domain;
        WallTime desired_since{};
    };

    std::int64_t last_id = 0;
    std::map<ServerId, Server> servers;
    std::map<PoolId, Pool> pools;
    std::map<DomainId, StoredDomain> domains;
    std::map<std::string, DomainId> domain_names;
    std::map<ProviderId, ProviderAccount> providers;
    std::map<ChannelId, Channel> channels;
    std::map<EventId, HistoryRow> log;
    std::map<EventId, SightingRow> sightings;
    std::map<NotificationId, StoredNotification> outbox;
    Controls controls;

    Turns turns_of(ChannelId channel, const Notice& notice) const;
    std::vector<NotificationRow> followers_of(const NotificationRow& head) const;
    // What the SQLite schema's foreign keys say.
    std::optional<Error> broken_reference() const;
};

// Applies changes and remembers how to take them back.
class MemoryWriter {
  public:
    MemoryWriter(MemoryTables& tables, WallTime at, const Retention& retention)
        : tables_(tables), at_(at), retention_(retention) {}

    void take_back() {
        for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo)
            (*undo)();
    }

    Result<Done> operator()(const SaveServer& change) {
        return save("server", tables_.servers, change.server);
    }
    Result<Done> operator()(const SavePool& change) {
        return save("pool", tables_.pools, change.pool);
    }
    Result<Done> operator()(const SaveProvider& change) {
        return save("provider", tables_.providers, change.account);
    }
    Result<Done> operator()(const SaveChannel& change) {
        return save("channel", tables_.channels, change.channel);
    }
    Result<Done> operator()(const SaveDomain& change);
    Result<Done> operator()(const DeleteServer& change) {
        return erase(tables_.servers, change.id);
    }
    Result<Done> operator()(const DeletePool& change) { return erase(tables_.pools, change.id); }
    Result<Done> operator()(const DeleteDomain& change);
    Result<Done> operator()(const DeleteProvider& change) {
        return erase(tables_.providers, change.id);
    }
    Result<Done> operator()(const DeleteChannel& change);
    Result<Done> operator()(const AppendLog& change);
    Result<Done> operator()(const AppendSighting& change);
    Result<Done> operator()(const SaveControls& change);
    Result<Done> operator()(const Enqueue& change);
    Result<Done> operator()(const NotificationDelivered& change);
    Result<Done> operator()(const NotificationDeferred& change);
    Result<Done> operator()(const NotificationDead& change);
    Result<Done> operator()(const NotificationRetried& change);
    Result<Done> operator()(const NotificationsFolded& change);
    Result<Done> operator()(const PruneHistory& change);

  private:
    static Error name_taken(const char* what, const std::string& name);

    template <typename Map, typename Key>
    void remember(Map& map, const Key& key) {
        const auto found = map.find(key);
        if (found == map.end()) {
            undo_.push_back([&map, key] { map.erase(key); });
        } else {
            undo_.push_back(
                [&map, key, before = found->second] { map.insert_or_assign(key, before); });
        }
    }
    template <typename Map, typename Key, typename Value>
    void put(Map& map, const Key& key, Value value) {
        remember(map, key);
        map.insert_or_assign(key, std::move(value));
    }
    template <typename Map, typename Key>
    Done erase(Map& map, const Key& key) {
        remember(map, key);
        map.erase(key);
        return {};
    }
    template <typename Map, typename Thing>
    Result<Done> save(const char* what, Map& map, const Thing& thing) {
        for (const auto& [id, other] : map) {
            if (id != thing.id && other.name == thing.name) return name_taken(what, thing.name);
        }
        put(map, thing.id, thing);
        return Done{};
    }
    // Edits a notification that is there and not delivered; one that is gone went with its channel.
    template <typename Edit>
    Result<Done> edit(NotificationId id, bool also_dead, Edit edit_row) {
        const auto found = tables_.outbox.find(id);
        if (found == tables_.outbox.end()) return Done{};
        const NotificationState state = found->second.row.state;
        const bool open =
            state == NotificationState::Pending || (also_dead && state == NotificationState::Dead);
        if (!open) return Done{};
        remember(tables_.outbox, id);
        edit_row(found->second);
        return Done{};
    }

    MemoryTables& tables_;
    WallTime at_;
    const Retention& retention_;
    std::vector<std::function<void()>> undo_;
};

}  // namespace understudy
