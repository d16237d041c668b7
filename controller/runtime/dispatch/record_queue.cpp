#include "controller/runtime/dispatch/record_queue.h"

#include <algorithm>
#include <set>

#include "controller/core/selection.h"

namespace understudy {
namespace {

ZoneKey key_of(const RecordBehind& record) {
    return {record.provider, record.zone_id};
}

int size_of(const AddressSet& addresses) {
    return static_cast<int>(addresses.ipv4.size() + addresses.ipv6.size());
}

// An estimate for the budget: each address is replaced by another, and what is left over on either
// side is added or taken away. The provider counts by itself what a write carries.
int changes_of(const RecordBehind& record) {
    int most = std::max(1, size_of(record.desired));
    for (const auto& content : record.acceptable)
        most = std::max(most, size_of(content));
    return most;
}

bool has_room(const RecordBatch& batch, const RecordBehind& record, const BatchLimit& most) {
    if (batch.records.empty()) return true;
    return static_cast<int>(batch.records.size()) < most.records &&
           batch.changes + changes_of(record) <= most.changes;
}

// Addresses that visitors must not be left on.
struct DeadAddresses {
    std::set<Ipv4> ipv4;
    std::set<Ipv6> ipv6;

    void add(const AddressSet& some) {
        ipv4.insert(some.ipv4.begin(), some.ipv4.end());
        ipv6.insert(some.ipv6.begin(), some.ipv6.end());
    }
    bool any_of(const AddressSet& shown) const {
        return std::ranges::any_of(shown.ipv4, [&](auto ip) { return ipv4.contains(ip); }) ||
               std::ranges::any_of(shown.ipv6, [&](auto ip) { return ipv6.contains(ip); });
    }
};

DeadAddresses dead_addresses(const Fleet& fleet) {
    DeadAddresses dead;
    for (const Server* server : fleet.servers()) {
        if (server->alarm != Alarm::None) dead.add(server->addresses());
    }
    return dead;
}

const Pool* pool_of(const Fleet& fleet, const RecordBehind& record) {
    const Domain* domain = fleet.domain(record.domain);
    return domain == nullptr ? nullptr : fleet.pool(domain->pool);
}

// An outage page is no place to stay either.
bool shows_outage_page(const Fleet& fleet, const RecordBehind& record) {
    const Pool* pool = pool_of(fleet, record);
    if (pool == nullptr || !pool->policy.has_fallback()) return false;
    DeadAddresses page;
    page.add(make_address_set(pool->policy.fallback_ipv4, pool->policy.fallback_ipv6));
    return std::ranges::any_of(record.acceptable,
                               [&](const auto& shown) { return page.any_of(shown); });
}

// A pool may have waited less long for a server than people are kept waiting for its alarm.
bool follows_a_loss(const Fleet& fleet, const RecordBehind& record) {
    const Pool* pool = pool_of(fleet, record);
    return pool != nullptr && is_loss(pool->reason);
}

Urgency urgency_of(const Fleet& fleet, const DeadAddresses& dead, const RecordBehind& record) {
    const bool dead_shown = std::ranges::any_of(
        record.acceptable, [&](const auto& shown) { return dead.any_of(shown); });
    const bool failover =
        dead_shown || shows_outage_page(fleet, record) || follows_a_loss(fleet, record);
    return failover ? Urgency::Failover : Urgency::Move;
}

bool is_final(const Error& error) {
    return error.code != Errc::Transient && error.code != Errc::Throttled;
}

}  // namespace

void RecordQueue::refill(std::vector<RecordBehind> rows) {
    // Records no longer behind need no memory of their failures.
    std::unordered_map<DomainId, Attempts> kept;
    waiting_.clear();
    const DeadAddresses dead = dead_addresses(fleet_);
    for (auto& record : rows) {
        const auto known = attempts_.find(record.domain);
        if (known != attempts_.end() && known->second.generation == record.generation) {
            kept.insert(*known);
        }
        waiting_[urgency_of(fleet_, dead, record)].push_back(std::move(record));
    }
    attempts_ = std::move(kept);
    std::erase_if(last_start_, [this](const auto& entry) { return !fleet_.domain(entry.first); });
}

void RecordQueue::forget_waits() {
    for (auto& [domain, attempts] : attempts_)
        attempts.not_before = Instant{};
}

// Rows read some moments ago may be overtaken: the fleet knows the present generation.
bool RecordQueue::current(const RecordBehind& record) const {
    const Domain* domain = fleet_.domain(record.domain);
    return domain != nullptr && domain->record.generation == record.generation &&
           !domain->record.settled() && !domain->record.in_conflict();
}

bool RecordQueue::may_start(const RecordBehind& record, Instant now) const {
    const auto known = attempts_.find(record.domain);
    if (known != attempts_.end() && known->second.generation == record.generation &&
        known->second.not_before > now) {
        return false;
    }
    return current(record) && !zone_full(key_of(record));
}

bool RecordQueue::zone_full(const ZoneKey& zone) const {
    const auto busy = zones_busy_.find(zone);
    return busy != zones_busy_.end() && busy->second >= per_zone_;
}

std::optional<RecordBatch> RecordQueue::take(
    Urgency urgency, Instant now, const std::function<bool(const RecordBehind&)>& open,
    const std::function<BatchLimit(ProviderId)>& limit_of) {
    auto& waiting = waiting_[urgency];
    const auto first = std::ranges::find_if(waiting, [&](const RecordBehind& record) {
        return may_start(record, now) && open(record);
    });
    if (first == waiting.end()) return std::nullopt;

    RecordBatch batch;
    batch.urgency = urgency;
    batch.provider = first->provider;
    batch.zone = ZoneRef{first->zone_id, first->zone_name};
    const BatchLimit most = limit_of(batch.provider);
    std::vector<RecordBehind> left;
    left.reserve(waiting.size());
    for (auto& record : waiting) {
        const bool fits = key_of(record) == batch.key() && has_room(batch, record, most) &&
                          may_start(record, now);
        if (fits) batch.changes += changes_of(record);
        (fits ? batch.records : left).push_back(std::move(record));
    }
    waiting = std::move(left);
    ++zones_busy_[batch.key()];
    ++starts_;
    for (const auto& record : batch.records)
        last_start_[record.domain] = starts_;
    return batch;
}

bool RecordQueue::anything_startable(Instant now) const {
    return std::ranges::any_of(waiting_, [&](const auto& waiting) {
        return std::ranges::any_of(
            waiting.second, [&](const RecordBehind& record) { return may_start(record, now); });
    });
}

void RecordQueue::succeeded(const RecordBehind& record) {
    attempts_.erase(record.domain);
    // The store does not know yet; a row read meanwhile must not start it again.
    for (auto& [urgency, waiting] : waiting_) {
        std::erase_if(waiting, [&](const RecordBehind& waits) {
            return waits.domain == record.domain && waits.generation == record.generation;
        });
    }
}

int RecordQueue::failed(const RecordBehind& record, const Error& error, Instant now) {
    auto& attempts = attempts_[record.domain];
    if (attempts.generation != record.generation) attempts = Attempts{record.generation, 0, {}};
    ++attempts.count;
    if (is_final(error)) {
        attempts.not_before = kNever;
    } else {
        auto [pause, first] = pauses_.emplace(attempts.count, Duration{});
        if (first) pause->second = backoff(random_, attempts.count, retry_base_, retry_cap_);
        attempts.not_before = now + pause->second;
        if (error.retry_after) {
            attempts.not_before = std::max(attempts.not_before, now + *error.retry_after);
        }
    }
    return attempts.count;
}

void RecordQueue::batch_done(const RecordBatch& batch) {
    const auto busy = zones_busy_.find(batch.key());
    ensure(busy != zones_busy_.end());
    pauses_.clear();
    if (--busy->second == 0) zones_busy_.erase(busy);
}

bool RecordQueue::started_since(DomainId domain, std::uint64_t starts) const {
    const auto last = last_start_.find(domain);
    return last != last_start_.end() && last->second > starts;
}

Instant RecordQueue::next_try(Instant now) const {
    Instant next = kNever;
    for (const auto& [domain, attempts] : attempts_) {
        if (attempts.not_before > now) next = std::min(next, attempts.not_before);
    }
    return next;
}

std::vector<const RecordBehind*> RecordQueue::startable(Urgency urgency, Instant now) const {
    std::vector<const RecordBehind*> found;
    const auto waiting = waiting_.find(urgency);
    if (waiting == waiting_.end()) return found;
    std::set<ZoneKey> zones;
    for (const auto& record : waiting->second) {
        if (may_start(record, now) && zones.insert(key_of(record)).second) found.push_back(&record);
    }
    return found;
}

}  // namespace understudy
