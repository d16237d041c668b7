#include "controller/runtime/record_queue.h"

#include <algorithm>

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

bool is_final(const Error& error) {
    return error.code != Errc::Transient && error.code != Errc::Throttled;
}

}  // namespace

void RecordQueue::refill(std::vector<RecordBehind> rows) {
    waiting_ = std::move(rows);
    // Records no longer behind need no memory of their failures.
    std::unordered_map<DomainId, Attempts> kept;
    for (const auto& record : waiting_) {
        const auto known = attempts_.find(record.domain);
        if (known != attempts_.end() && known->second.generation == record.generation) {
            kept.insert(*known);
        }
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
    Instant now, const std::function<bool(ProviderId)>& open,
    const std::function<BatchLimit(ProviderId)>& limit_of) {
    const auto first = std::ranges::find_if(waiting_, [&](const RecordBehind& record) {
        return may_start(record, now) && open(record.provider);
    });
    if (first == waiting_.end()) return std::nullopt;

    RecordBatch batch;
    batch.provider = first->provider;
    batch.zone = ZoneRef{first->zone_id, first->zone_name};
    const BatchLimit most = limit_of(batch.provider);
    std::vector<RecordBehind> left;
    left.reserve(waiting_.size());
    for (auto& record : waiting_) {
        const bool fits = key_of(record) == batch.key() && has_room(batch, record, most) &&
                          may_start(record, now);
        if (fits) batch.changes += changes_of(record);
        (fits ? batch.records : left).push_back(std::move(record));
    }
    waiting_ = std::move(left);
    ++zones_busy_[batch.key()];
    ++starts_;
    for (const auto& record : batch.records)
        last_start_[record.domain] = starts_;
    return batch;
}

bool RecordQueue::anything_startable(Instant now) const {
    return std::ranges::any_of(waiting_,
                               [&](const RecordBehind& record) { return may_start(record, now); });
}

void RecordQueue::succeeded(const RecordBehind& record) {
    attempts_.erase(record.domain);
    // The store does not know yet; a row read meanwhile must not start it again.
    std::erase_if(waiting_, [&](const RecordBehind& waits) {
        return waits.domain == record.domain && waits.generation == record.generation;
    });
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

std::vector<ProviderId> RecordQueue::providers_wanted(Instant now) const {
    std::vector<ProviderId> wanted;
    for (const auto& record : waiting_) {
        if (!may_start(record, now)) continue;
        if (std::ranges::find(wanted, record.provider) == wanted.end()) {
            wanted.push_back(record.provider);
        }
    }
    return wanted;
}

}  // namespace understudy
