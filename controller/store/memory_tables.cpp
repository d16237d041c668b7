#include "controller/store/memory_tables.h"

#include <algorithm>

#include "schema/notice.h"

namespace understudy {
namespace {

// The oldest before `limit`, at most kPruneBatch of them. time_of(value): none when it may not go
// at all.
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

}  // namespace

Error MemoryWriter::name_taken(const char* what, const std::string& name) {
    return conflict(std::string{what} + " '" + name + "' exists already");
}

Result<Done> MemoryWriter::operator()(const SaveDomain& change) {
    const Domain& domain = change.domain;
    const auto named = tables_.domain_names.find(domain.name);
    if (named != tables_.domain_names.end() && named->second != domain.id) {
        return name_taken("domain", domain.name);
    }
    WallTime since = at_;
    const auto found = tables_.domains.find(domain.id);
    if (found != tables_.domains.end()) {
        const Domain& before = found->second.domain;
        if (before.record.generation == domain.record.generation)
            since = found->second.desired_since;
        if (before.name != domain.name) erase(tables_.domain_names, std::string{before.name});
    }
    put(tables_.domain_names, domain.name, domain.id);
    put(tables_.domains, domain.id, MemoryTables::StoredDomain{domain, since});
    return Done{};
}

Result<Done> MemoryWriter::operator()(const DeleteDomain& change) {
    const auto found = tables_.domains.find(change.id);
    if (found == tables_.domains.end()) return Done{};
    erase(tables_.domain_names, std::string{found->second.domain.name});
    return erase(tables_.domains, change.id);
}

Result<Done> MemoryWriter::operator()(const DeleteChannel& change) {
    std::vector<NotificationId> undelivered;
    for (const auto& [id, stored] : tables_.outbox) {
        const bool settled = stored.row.state == NotificationState::Delivered;
        if (stored.row.channel == change.id && !settled) undelivered.push_back(id);
    }
    for (const NotificationId id : undelivered)
        erase(tables_.outbox, id);
    return erase(tables_.channels, change.id);
}

Result<Done> MemoryWriter::operator()(const AppendLog& change) {
    const EventId id = change.line.id;
    if (tables_.log.count(id) != 0)
        return conflict("log line " + to_string(id) + " exists already");
    put(tables_.log, id, HistoryRow{change.line, at_});
    return Done{};
}

Result<Done> MemoryWriter::operator()(const AppendSighting& change) {
    put(tables_.sightings, change.id, SightingRow{change, at_});
    return Done{};
}

Result<Done> MemoryWriter::operator()(const SaveControls& change) {
    undo_.push_back([this, before = tables_.controls] { tables_.controls = before; });
    tables_.controls = change.controls;
    return Done{};
}

Result<Done> MemoryWriter::operator()(const Enqueue& change) {
    if (tables_.outbox.count(change.id) != 0) {
        return conflict("notification " + to_string(change.id) + " exists already");
    }
    Notice notice = change.notice;
    notice.at = at_;
    MemoryTables::StoredNotification stored;
    stored.row.id = change.id;
    stored.row.channel = change.channel;
    stored.row.type = notice.type;
    stored.row.payload = encode_notice(notice);
    stored.row.created = at_;
    stored.row.next_try = at_;
    stored.row.turn = next_turn(tables_.turns_of(change.channel, notice));
    stored.subject = subject_of(notice);
    stored.incident = notice.incident;
    put(tables_.outbox, change.id, std::move(stored));
    return Done{};
}

Result<Done> MemoryWriter::operator()(const NotificationDelivered& change) {
    return edit(change.id, true, [&](MemoryTables::StoredNotification& stored) {
        stored.row.state = NotificationState::Delivered;
        ++stored.row.attempts;
        stored.row.last_error = change.note;
        stored.settled = at_;
    });
}

Result<Done> MemoryWriter::operator()(const NotificationDeferred& change) {
    return edit(change.id, false, [&](MemoryTables::StoredNotification& stored) {
        stored.row.attempts = change.attempts;
        stored.row.next_try = change.next_try;
        stored.row.last_error = change.error;
        if (!change.served.empty()) stored.row.served = change.served;
    });
}

Result<Done> MemoryWriter::operator()(const NotificationDead& change) {
    return edit(change.id, false, [&](MemoryTables::StoredNotification& stored) {
        stored.row.state = NotificationState::Dead;
        stored.row.attempts = change.attempts;
        stored.row.last_error = change.error;
        stored.settled = at_;
    });
}

Result<Done> MemoryWriter::operator()(const NotificationRetried& change) {
    return edit(change.id, true, [&](MemoryTables::StoredNotification& stored) {
        if (stored.row.state == NotificationState::Dead)
            stored.row.turn = tables_.turns_of(stored.row.channel, {}).now;
        stored.row.state = NotificationState::Pending;
        stored.row.attempts = 0;
        stored.row.next_try = at_;
        stored.settled.reset();
    });
}

Result<Done> MemoryWriter::operator()(const NotificationsFolded& change) {
    for (const NotificationId earlier : change.earlier) {
        const auto found = tables_.outbox.find(earlier);
        if (found == tables_.outbox.end()) continue;
        if (found->second.row.state == NotificationState::Pending) erase(tables_.outbox, earlier);
    }
    return edit(change.id, false, [&](MemoryTables::StoredNotification& stored) {
        stored.row.payload = change.payload;
    });
}

Result<Done> MemoryWriter::operator()(const PruneHistory&) {
    const WallTime log_limit = at_ - retention_.log;
    const auto settled_as = [](NotificationState state) {
        return [state](const MemoryTables::StoredNotification& stored) {
            return stored.row.state == state ? stored.settled : std::nullopt;
        };
    };
    const auto line_time = [](const HistoryRow& row) { return std::optional{row.at}; };
    for (const EventId id : oldest(tables_.log, log_limit, line_time))
        erase(tables_.log, id);
    const auto seen_at = [](const SightingRow& row) { return std::optional{row.at}; };
    for (const EventId id : oldest(tables_.sightings, log_limit, seen_at))
        erase(tables_.sightings, id);
    for (const NotificationId id : oldest(tables_.outbox, at_ - retention_.delivered,
                                          settled_as(NotificationState::Delivered))) {
        erase(tables_.outbox, id);
    }
    for (const NotificationId id :
         oldest(tables_.outbox, log_limit, settled_as(NotificationState::Dead))) {
        erase(tables_.outbox, id);
    }
    return Done{};
}

Turns MemoryTables::turns_of(ChannelId channel, const Notice& notice) const {
    std::optional<std::int64_t> first;
    Turns turns;
    for (const auto& [id, stored] : outbox) {
        if (stored.row.channel != channel || !stored.waits()) continue;
        const std::int64_t turn = stored.row.turn;
        first = std::min(first.value_or(turn), turn);
        if (stored.subject != 0 && stored.subject == subject_of(notice))
            turns.of_subject = std::max(turns.of_subject.value_or(turn), turn);
        if (stored.incident && stored.incident == notice.incident)
            turns.of_incident = std::max(turns.of_incident.value_or(turn), turn);
    }
    turns.now = first.value_or(0);
    return turns;
}

std::vector<NotificationRow> MemoryTables::followers_of(const NotificationRow& head) const {
    std::vector<NotificationRow> found;
    const std::int64_t subject = outbox.at(head.id).subject;
    if (subject == 0 || !folds_into(head.type, head.type)) return found;
    const auto place = [](const NotificationRow& row) { return std::pair{row.turn, row.id}; };
    for (const auto& [id, stored] : outbox) {
        const bool same = stored.row.channel == head.channel && stored.subject == subject;
        if (same && stored.waits() && place(stored.row) > place(head)) found.push_back(stored.row);
    }
    std::ranges::sort(found, {}, place);
    const auto other = std::ranges::find_if(
        found, [&](const NotificationRow& row) { return !folds_into(head.type, row.type); });
    found.erase(other, found.end());
    if (found.size() > kMostFolded) found.resize(kMostFolded);
    return found;
}

std::optional<Error> MemoryTables::broken_reference() const {
    for (const auto& [id, pool] : pools) {
        for (const ServerId member : pool.members) {
            if (servers.count(member) == 0) {
                return conflict("pool '" + pool.name + "' refers to a server that is missing");
            }
        }
    }
    for (const auto& [id, stored] : domains) {
        const Domain& domain = stored.domain;
        if (pools.count(domain.pool) == 0 || providers.count(domain.provider) == 0) {
            return conflict("domain '" + domain.name +
                            "' refers to a pool or provider that is missing");
        }
    }
    return std::nullopt;
}

}  // namespace understudy
