#include "controller/store/memory_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "controller/store/last_id.h"

namespace understudy {
namespace {

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
    record.proxied = domain.proxied;
    record.generation = domain.record.generation;
    record.desired = domain.record.desired;
    record.desired_ttl = domain.record.desired_ttl;
    record.acceptable = domain.record.attempted;
    record.acceptable.insert(record.acceptable.begin(), domain.record.confirmed);
    return record;
}

}  // namespace

void MemoryStore::fail_next_commit(Error error, std::size_t after_changes) {
    fault_ = Fault{std::move(error), after_changes};
}

Result<Done> MemoryStore::commit(std::span<const Change> changes, WallTime at) {
    if (changes.empty()) return Done{};
    MemoryWriter writer{tables_, at, retention_};
    const auto fault = std::exchange(fault_, std::nullopt);
    std::optional<Error> problem;
    for (std::size_t index = 0; index < changes.size() && !problem; ++index) {
        if (fault && fault->after_changes == index) break;
        if (auto done = std::visit(writer, changes[index]); !done) problem = done.error();
    }
    if (!problem && fault) problem = fault->error;
    if (!problem) problem = tables_.broken_reference();
    if (problem) {
        writer.take_back();
        return *problem;
    }
    tables_.last_id = std::max(tables_.last_id, highest_id(changes));
    return Done{};
}

Result<Snapshot> MemoryStore::load() {
    Snapshot saved;
    for (const auto& [id, server] : tables_.servers)
        saved.servers.push_back(server);
    for (const auto& [id, pool] : tables_.pools)
        saved.pools.push_back(pool);
    for (const auto& [id, stored] : tables_.domains)
        saved.domains.push_back(stored.domain);
    for (const auto& [id, account] : tables_.providers)
        saved.providers.push_back(account);
    for (const auto& [id, channel] : tables_.channels)
        saved.channels.push_back(channel);
    saved.controls = tables_.controls;
    saved.last_id = tables_.last_id;
    return saved;
}

Result<Done> MemoryStore::check() {
    if (const auto fault = std::exchange(fault_, std::nullopt)) return fault->error;
    return Done{};
}

Result<DueWork> MemoryStore::due(int limit) {
    const auto most = static_cast<std::size_t>(std::max(limit, 0));
    DueWork work;
    std::vector<const MemoryTables::StoredDomain*> behind;
    for (const auto& [id, stored] : tables_.domains) {
        const Publication& record = stored.domain.record;
        if (!record.settled() && !record.in_conflict()) behind.push_back(&stored);
    }
    std::stable_sort(
        behind.begin(), behind.end(),
        [](const MemoryTables::StoredDomain* one, const MemoryTables::StoredDomain* other) {
            return one->desired_since < other->desired_since;
        });
    if (behind.size() > most) behind.resize(most);
    for (const MemoryTables::StoredDomain* stored : behind)
        work.records.push_back(record_behind(stored->domain));

    std::map<ChannelId, const NotificationRow*> heads;
    std::vector<DueNotification> partly;
    for (const auto& [id, stored] : tables_.outbox) {
        const NotificationRow& row = stored.row;
        if (row.state != NotificationState::Pending) continue;
        const auto channel = tables_.channels.find(row.channel);
        if (channel == tables_.channels.end() || channel->second.disabled) continue;
        if (!row.served.empty()) {
            partly.push_back({row, {}});
            continue;
        }
        const NotificationRow*& head = heads[row.channel];
        if (head == nullptr || row.turn < head->turn) head = &row;
    }
    for (const auto& [channel, head] : heads)
        work.notifications.push_back({*head, tables_.followers_of(*head)});
    std::ranges::sort(work.notifications, {}, [](const auto& due) { return due.row.id; });
    std::ranges::move(partly, std::back_inserter(work.notifications));
    if (work.notifications.size() > most) work.notifications.resize(most);
    return work;
}

Result<std::vector<HistoryRow>> MemoryStore::history(const HistoryQuery& query) {
    std::vector<HistoryRow> found;
    const auto consider = [&](const HistoryRow& row) {
        if (found.size() < row_limit(query.limit) && matches(row, query)) found.push_back(row);
    };
    if (query.ascending) {
        for (const auto& [id, row] : tables_.log)
            consider(row);
    } else {
        for (auto entry = tables_.log.rbegin(); entry != tables_.log.rend(); ++entry)
            consider(entry->second);
    }
    return found;
}

Result<std::vector<SightingRow>> MemoryStore::sightings(const SightingQuery& query) {
    const auto before = [&](const SightingRow& row) {
        return !query.until || row.at < *query.until;
    };
    std::map<ServerId, EventId> last;
    for (const auto& [id, row] : tables_.sightings) {
        if (before(row)) last[row.sighting.server] = id;
    }
    std::vector<SightingRow> found;
    for (const auto& [id, row] : tables_.sightings) {
        if (found.size() >= row_limit(query.limit)) break;
        if (id <= query.after || !before(row) || (query.since && row.at < *query.since)) continue;
        if (query.latest_of_each && last.at(row.sighting.server) != id) continue;
        found.push_back(row);
    }
    return found;
}

Result<std::vector<NotificationRow>> MemoryStore::outbox(const OutboxQuery& query) {
    std::vector<NotificationRow> found;
    for (auto entry = tables_.outbox.rbegin(); entry != tables_.outbox.rend(); ++entry) {
        if (found.size() >= row_limit(query.limit)) break;
        const NotificationRow& row = entry->second.row;
        if (query.channel && row.channel != query.channel) continue;
        if (query.state && row.state != *query.state) continue;
        if (query.before && row.id >= query.before) continue;
        found.push_back(row);
    }
    return found;
}

Result<OutboxCounts> MemoryStore::count_outbox() {
    OutboxCounts counts;
    for (const auto& [id, stored] : tables_.outbox) {
        counts.pending += stored.row.state == NotificationState::Pending ? 1 : 0;
        counts.dead += stored.row.state == NotificationState::Dead ? 1 : 0;
    }
    return counts;
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
