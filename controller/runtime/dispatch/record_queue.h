// RecordQueue: the records that are behind, as last read from the store, and how often each was
// tried. Tells those that may show a dead server from those that only move, and picks the next
// batch of one zone. Pure but for the seed of its jitter; used by the dispatcher.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "controller/core/fleet.h"
#include "controller/runtime/dispatch/call_budget.h"
#include "controller/store/store.h"
#include "providers/provider.h"

namespace understudy {

// A zone of one account: operations on it are kept in order.
struct ZoneKey {
    ProviderId provider;
    std::string zone_id;
    friend auto operator<=>(const ZoneKey&, const ZoneKey&) = default;
};

struct RecordBatch {
    ProviderId provider;
    ZoneRef zone;
    Urgency urgency = Urgency::Failover;  // or Move
    std::vector<RecordBehind> records;    // never empty
    int changes = 0;                      // of addresses, at most

    ZoneKey key() const { return {provider, zone.id}; }
};

// What one operation may carry at most.
struct BatchLimit {
    int records = 1;
    int changes = 1;
};

class RecordQueue {
  public:
    RecordQueue(const Fleet& fleet, Random random, Duration retry_base, Duration retry_cap,
                int per_zone)
        : fleet_(fleet),
          random_(random),
          retry_base_(retry_base),
          retry_cap_(retry_cap),
          per_zone_(per_zone) {}

    // What the store says is behind now; replaces what waited.
    void refill(std::vector<RecordBehind> rows);
    // Every record may be tried at once again.
    void forget_waits();

    // The oldest records of that urgency that may start now, of one zone; they leave the queue.
    // open(record): whether its provider may be called for it. One record is taken whatever its
    // changes.
    std::optional<RecordBatch> take(Urgency urgency, Instant now,
                                    const std::function<bool(const RecordBehind&)>& open,
                                    const std::function<BatchLimit(ProviderId)>& limit_of);
    // Anything that could start but for the provider and the limits in flight.
    bool anything_startable(Instant now) const;

    // The batch is back; then its results, one per record. succeeded: there is an outcome, be it
    // that the content is foreign.
    void batch_done(const RecordBatch& batch);
    void succeeded(const RecordBehind& record);
    // The count of attempts so far. The next one comes after a pause, or in the maintenance loop if
    // the error is final. Records that failed together as often wait as long: they travel together
    // again.
    int failed(const RecordBehind& record, const Error& error, Instant now);

    bool zone_busy(const ZoneKey& zone) const { return zones_busy_.contains(zone); }
    // Counts every start; a reading that began at an earlier count than the record's write is worth
    // nothing.
    std::uint64_t starts() const { return starts_; }
    bool started_since(DomainId domain, std::uint64_t starts) const;

    // The earliest end of a pause still running; kNever when none.
    Instant next_try(Instant now) const;
    // Of every zone the first record that waits for nothing but its provider or a free place.
    std::vector<const RecordBehind*> startable(Urgency urgency, Instant now) const;

  private:
    struct Attempts {
        std::int64_t generation = 0;
        int count = 0;
        Instant not_before{};  // kNever: only after forget_waits()
    };
    bool current(const RecordBehind& record) const;
    bool may_start(const RecordBehind& record, Instant now) const;
    bool zone_full(const ZoneKey& zone) const;

    const Fleet& fleet_;
    Random random_;
    Duration retry_base_;
    Duration retry_cap_;
    int per_zone_;
    std::map<Urgency, std::vector<RecordBehind>> waiting_;  // oldest desired first
    std::unordered_map<DomainId, Attempts> attempts_;
    std::unordered_map<DomainId, std::uint64_t> last_start_;
    std::map<ZoneKey, int> zones_busy_;
    std::map<int, Duration> pauses_;  // of the batch that is back, by attempts
    std::uint64_t starts_ = 0;
};

}  // namespace understudy
