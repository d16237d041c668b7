// Deadlines: at most one per key, the earliest first.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace understudy {

struct DeadlineKey {
    enum class Kind { Maintenance, WarmUp, Alarm, Override, Pool, Digest, Throttled };
    Kind kind = Kind::Maintenance;
    std::int64_t id = 0;
    friend auto operator<=>(const DeadlineKey&, const DeadlineKey&) = default;
};

class Deadlines {
  public:
    void set(DeadlineKey key, Instant at) {
        const auto known = times_.find(key);
        if (known != times_.end()) {
            if (known->second == at) return;
            order_.erase({known->second, key});
        }
        if (at == kNever) {
            if (known != times_.end()) times_.erase(known);
            return;
        }
        times_[key] = at;
        order_.insert({at, key});
    }
    void clear(DeadlineKey key) { set(key, kNever); }

    Instant next() const { return order_.empty() ? kNever : order_.begin()->first; }

    // The earliest key whose time has come, taken out.
    std::optional<DeadlineKey> take_due(Instant now) {
        if (order_.empty() || order_.begin()->first > now) return std::nullopt;
        const DeadlineKey key = order_.begin()->second;
        clear(key);
        return key;
    }

  private:
    std::map<DeadlineKey, Instant> times_;
    std::set<std::pair<Instant, DeadlineKey>> order_;
};

}  // namespace understudy
