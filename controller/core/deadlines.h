// Deadlines: at most one per key, the earliest first.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/undo_log.h"

namespace understudy {

struct DeadlineKey {
    enum class Kind {
        Maintenance,
        WarmUp,
        Alarm,
        Override,
        Pool,
        Digest,
        Throttled,
        Address,
        Quiet,
        Escalation,
        Drill,
    };
    Kind kind = Kind::Maintenance;
    std::int64_t id = 0;
    friend auto operator<=>(const DeadlineKey&, const DeadlineKey&) = default;
};

class Deadlines {
  public:
    explicit Deadlines(UndoLog& log) : times_(log), order_(log) {}

    void set(DeadlineKey key, Instant at) {
        if (const Instant* known = times_.find(key)) {
            if (*known == at) return;
            order_.erase({*known, key});
        }
        if (at == kNever) return times_.erase(key);
        times_.put(key, at);
        order_.insert({at, key});
    }
    void clear(DeadlineKey key) { set(key, kNever); }
    // No later than that.
    void set_no_later(DeadlineKey key, Instant at) {
        const Instant* known = times_.find(key);
        if (known == nullptr || at < *known) set(key, at);
    }

    Instant at(DeadlineKey key) const {
        const Instant* known = times_.find(key);
        return known == nullptr ? kNever : *known;
    }
    Instant next() const { return order_.all().empty() ? kNever : order_.all().begin()->first; }

    // The earliest key whose time has come, taken out.
    std::optional<DeadlineKey> take_due(Instant now) {
        if (next() > now || next() == kNever) return std::nullopt;
        const DeadlineKey key = order_.all().begin()->second;
        clear(key);
        return key;
    }

  private:
    UndoMap<std::map<DeadlineKey, Instant>> times_;
    UndoSet<std::pair<Instant, DeadlineKey>> order_;
};

}  // namespace understudy
