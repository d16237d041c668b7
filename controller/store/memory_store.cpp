#include "controller/store/memory_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "controller/store/last_id.h"
#include "schema/notice.h"

namespace understudy {
namespace {

Error name_taken(const char* what, const std::string& name) {
    return conflict(std::string{what} + " '" + name + "' exists already");
}

// Removes the oldest, at most kPruneBatch of them. is_old(value) answers its time when it may go.
template <typename Map, typename TimeOf>
std::vector<typename Map::key_type> oldest(const Map& map, WallTime limit, TimeOf time_of) {
    std::vector<std::pair<WallTime, typename Map::key_type>> found;
    for (const auto& [id, value] : map) {
        const std::optional<WallTime> time = time_of(value);
        if (time && *time < limit) found.emplace_back(*time, id);
    }
    std::sort(found.begin(), found.end());
    if (found.size() > kPruneBatch) found.resize(kPruneBatch);
    std::vector<typename Map::key_type> ids;
    for (const auto& [time, id] : found)
        ids.push_back(id);
    return ids;
}

std::size_t row_limit(int limit) {
    return static_cast<std::size_t>(std::clamp(limit, 0, kMaxQueryRows));
}

bool matches(const HistoryRow& row, const HistoryQuery& query) {
    const LogLine& line = row.line;
    const bool beyond = query.ascending ? line.id > query.after : line.id < query.after;
    return (!query.server || line.server == query.server) &&
           (!query.pool || line.pool == query.pool) &&
           (!query.domain || line.domain == query.domain) &&
           (!query.incident || line.incident == query.incident) &&
           (query.type.empty() || line.type == query.type) &&
           (!query.since || row.at >= *query.since) && (!query.until || row.at < *query.until) &&
           (!query.after || beyond);
}

RecordBehind record_behind(const Domain& domain) {
    RecordBehind record;
    record.domain = domain.id;
    record.name = domain.name;
    record.provider = domain.provider;
    record.zone_id = domain.zone_id;
    record.zone_name = domain.zone_name;
    record.with_ipv6 = domain.with_ipv6;
    record.generation = domain.record.generation;
    record.desired = domain.record.desired;
    record.desired_ttl = domain.record.desired_ttl;
    record.acceptable = domain.record.attempted;
    record.acceptable.insert(record.acceptable.begin(), domain.record.confirmed);
    return record;
}

}  // namespace

// One commit: applies changes and remembers how to take them back.
class MemoryStore::Writer {
  public:
    Writer(MemoryStore& store, WallTime at) : store_(store), at_(at) {}

    void take_back() {
        for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo)
            (*undo)();
    }

    Result<Done> operator()(const SaveServer& change) {
        return save("server", store_.servers_, change.server);
    }
    Result<Done> operator()(const SavePool& change) {
        return save("pool", store_.pools_, change.pool);
    }
    Result<Done> operator()(const SaveProvider& change) {
        return save("provider", store_.providers_, change.account);
    }
    Result<Done> operator()(const SaveChannel& change) {
        return save("channel", store_.channels_, change.channel);
    }
    Result<Done> operator()(const SaveDomain& change);
    Result<Done> operator()(const DeleteServer& change) {
        return erase(store_.servers_, change.id);
    }
    Result<Done> operator()(const DeletePool& change) { return erase(store_.pools_, change.id); }
    Result<Done> operator()(const DeleteDomain& change);
    Result<Done> operator()(const DeleteProvider& change) {
        return erase(store_.providers_, change.id);
    }
    Result<Done> operator()(const DeleteChannel& change);
    Result<Done> operator()(const AppendLog& change);
    Result<Done> operator()(const Enqueue& change);
    Result<Done> operator()(const NotificationDelivered& change);
    Result<Done> operator()(const NotificationDeferred& change);
    Result<Done> operator()(const NotificationDead& change);
    Result<Done> operator()(const NotificationRetried& change);
    Result<Done> operator()(const PruneHistory& change);

  private:
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
        const auto found = store_.outbox_.find(id);
        if (found == store_.outbox_.end()) return Done{};
        const NotificationState state = found->second.row.state;
        const bool open =
            state == NotificationState::Pending || (also_dead && state == NotificationState::Dead);
        if (!open) return Done{};
        remember(store_.outbox_, id);
        edit_row(found->second);
        return Done{};
    }

    MemoryStore& store_;
    WallTime at_;
    std::vector<std::function<void()>> undo_;
};

Result<Done> MemoryStore::Writer::operator()(const SaveDomain& change) {
    const Domain& domain = change.domain;
    const auto named = store_.domain_names_.find(domain.name);
    if (named != store_.domain_names_.end() && named->second != domain.id) {
        return name_taken("domain", domain.name);
    }
    WallTime since = at_;
    const auto found = store_.domains_.find(domain.id);
    if (found != store_.domains_.end()) {
        const Domain& before = found->second.domain;
        if (before.record.generation == domain.record.generation)
            since = found->second.desired_since;
        if (before.name != domain.name) erase(store_.domain_names_, std::string{before.name});
    }
    put(store_.domain_names_, domain.name, domain.id);
    put(store_.domains_, domain.id, StoredDomain{domain, since});
    return Done{};
}

Result<Done> MemoryStore::Writer::operator()(const DeleteDomain& change) {
    const auto found = store_.domains_.find(change.id);
    if (found == store_.domains_.end()) return Done{};
    erase(store_.domain_names_, std::string{found->second.domain.name});
    return erase(store_.domains_, change.id);
}

Result<Done> MemoryStore::Writer::operator()(const DeleteChannel& change) {
    std::vector<NotificationId> undelivered;
    for (const auto& [id, stored] : store_.outbox_) {
        const bool settled = stored.row.state == NotificationState::Delivered;
        if (stored.row.channel == change.id && !settled) undelivered.push_back(id);
    }
    for (const NotificationId id : undelivered)
        erase(store_.outbox_, id);
    return erase(store_.channels_, change.id);
}

Result<Done> MemoryStore::Writer::operator()(const AppendLog& change) {
    const EventId id = change.line.id;
    if (store_.log_.count(id) != 0)
        return conflict("log line " + to_string(id) + " exists already");
    put(store_.log_, id, HistoryRow{change.line, at_});
    return Done{};
}

Result<Done> MemoryStore::Writer::operator()(const Enqueue& change) {
    if (store_.outbox_.count(change.id) != 0) {
        return conflict("notification " + to_string(change.id) + " exists already");
    }
    Notice notice = change.notice;
    notice.at = at_;
    StoredNotification stored;
    stored.row.id = change.id;
    stored.row.channel = change.channel;
    stored.row.type = notice.type;
    stored.row.payload = encode_notice(notice);
    stored.row.created = at_;
    stored.row.next_try = at_;
    put(store_.outbox_, change.id, std::move(stored));
    return Done{};
}

Result<Done> MemoryStore::Writer::operator()(const NotificationDelivered& change) {
    return edit(change.id, true, [&](StoredNotification& stored) {
        stored.row.state = NotificationState::Delivered;
        ++stored.row.attempts;
        stored.row.last_error.clear();
        stored.settled = at_;
    });
}

Result<Done> MemoryStore::Writer::operator()(const NotificationDeferred& change) {
    return edit(change.id, false, [&](StoredNotification& stored) {
        stored.row.attempts = change.attempts;
        stored.row.next_try = change.next_try;
        stored.row.last_error = change.error;
    });
}

Result<Done> MemoryStore::Writer::operator()(const NotificationDead& change) {
    return edit(change.id, false, [&](StoredNotification& stored) {
        stored.row.state = NotificationState::Dead;
        stored.row.attempts = change.attempts;
        stored.row.last_error = change.error;
        stored.settled = at_;
    });
}

Result<Done> MemoryStore::Writer::operator()(const NotificationRetried& change) {
    return edit(change.id, true, [&](StoredNotification& stored) {
        stored.row.state = NotificationState::Pending;
        stored.row.attempts = 0;
        stored.row.next_try = at_;
        stored.settled.reset();
    });
}

Result<Done> MemoryStore::Writer::operator()(const PruneHistory&) {
    const WallTime log_limit = at_ - store_.retention_.log;
    const auto settled_as = [](NotificationState state) {
        return [state](const StoredNotification& stored) {
            return stored.row.state == state ? stored.settled : std::nullopt;
        };
    };
    const auto line_time = [](const HistoryRow& row) { return std::optional{row.at}; };
    for (const EventId id : oldest(store_.log_, log_limit, line_time))
        erase(store_.log_, id);
    for (const NotificationId id : oldest(store_.outbox_, at_ - store_.retention_.delivered,
                                          settled_as(NotificationState::Delivered))) {
        erase(store_.outbox_, id);
    }
    for (const NotificationId id :
         oldest(store_.outbox_, log_limit, settled_as(NotificationState::Dead))) {
        erase(store_.outbox_, id);
    }
    return Done{};
}

void MemoryStore::fail_next_commit(Error error, std::size_t after_changes) {
    fault_ = Fault{std::move(error), after_changes};
}

// What the SQLite schema's foreign keys say.
std::optional<Error> MemoryStore::broken_reference() const {
    for (const auto& [id, pool] : pools_) {
        for (const ServerId member : pool.members) {
            if (servers_.count(member) == 0) {
                return conflict("pool '" + pool.name + "' refers to a server that is missing");
            }
        }
    }
    for (const auto& [id, stored] : domains_) {
        const Domain& domain = stored.domain;
        if (pools_.count(domain.pool) == 0 || providers_.count(domain.provider) == 0) {
            return conflict("domain '" + domain.name +
                            "' refers to a pool or provider that is missing");
        }
    }
    return std::nullopt;
}

Result<Done> MemoryStore::commit(std::span<const Change> changes, WallTime at) {
    if (changes.empty()) return Done{};
    Writer writer{*this, at};
    const auto fault = std::exchange(fault_, std::nullopt);
    std::optional<Error> problem;
    for (std::size_t index = 0; index < changes.size() && !problem; ++index) {
        if (fault && fault->after_changes == index) break;
        if (auto done = std::visit(writer, changes[index]); !done) problem = done.error();
    }
    if (!problem && fault) problem = fault->error;
    if (!problem) problem = broken_reference();
    if (problem) {
        writer.take_back();
        return *problem;
    }
    last_id_ = std::max(last_id_, highest_id(changes));
    return Done{};
}

Result<Snapshot> MemoryStore::load() {
    Snapshot saved;
    for (const auto& [id, server] : servers_)
        saved.servers.push_back(server);
    for (const auto& [id, pool] : pools_)
        saved.pools.push_back(pool);
    for (const auto& [id, stored] : domains_)
        saved.domains.push_back(stored.domain);
    for (const auto& [id, account] : providers_)
        saved.providers.push_back(account);
    for (const auto& [id, channel] : channels_)
        saved.channels.push_back(channel);
    saved.last_id = last_id_;
    return saved;
}

Result<DueWork> MemoryStore::due(WallTime now, int limit) {
    const auto most = static_cast<std::size_t>(std::max(limit, 0));
    DueWork work;
    std::vector<const StoredDomain*> behind;
    for (const auto& [id, stored] : domains_) {
        const Publication& record = stored.domain.record;
        if (!record.settled() && !record.in_conflict()) behind.push_back(&stored);
    }
    std::stable_sort(behind.begin(), behind.end(),
                     [](const StoredDomain* one, const StoredDomain* other) {
                         return one->desired_since < other->desired_since;
                     });
    if (behind.size() > most) behind.resize(most);
    for (const StoredDomain* stored : behind)
        work.records.push_back(record_behind(stored->domain));

    std::set<ChannelId> seen;
    for (const auto& [id, stored] : outbox_) {
        const NotificationRow& row = stored.row;
        if (row.state != NotificationState::Pending || !seen.insert(row.channel).second) continue;
        const auto channel = channels_.find(row.channel);
        if (channel == channels_.end() || channel->second.disabled) continue;
        if (row.next_try > now) {
            work.next_notification =
                std::min(work.next_notification.value_or(row.next_try), row.next_try);
        } else if (work.notifications.size() < most) {
            work.notifications.push_back(row);
        }
    }
    return work;
}

Result<std::vector<HistoryRow>> MemoryStore::history(const HistoryQuery& query) {
    std::vector<HistoryRow> found;
    const auto consider = [&](const HistoryRow& row) {
        if (found.size() < row_limit(query.limit) && matches(row, query)) found.push_back(row);
    };
    if (query.ascending) {
        for (const auto& [id, row] : log_)
            consider(row);
    } else {
        for (auto entry = log_.rbegin(); entry != log_.rend(); ++entry)
            consider(entry->second);
    }
    return found;
}

Result<std::vector<NotificationRow>> MemoryStore::outbox(const OutboxQuery& query) {
    std::vector<NotificationRow> found;
    for (auto entry = outbox_.rbegin(); entry != outbox_.rend(); ++entry) {
        if (found.size() >= row_limit(query.limit)) break;
        const NotificationRow& row = entry->second.row;
        if (query.channel && row.channel != query.channel) continue;
        if (query.state && row.state != *query.state) continue;
        if (query.before && row.id >= query.before) continue;
        found.push_back(row);
    }
    return found;
}

Result<std::vector<AdminToken>> MemoryStore::admin_tokens() {
    std::vector<AdminToken> tokens;
    for (const auto& [name, token] : admin_tokens_)
        tokens.push_back(token);
    return tokens;
}

Result<Done> MemoryStore::save_admin_token(const AdminToken& token) {
    admin_tokens_.insert_or_assign(token.name, token);
    return Done{};
}

}  // namespace understudy
