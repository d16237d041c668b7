// LinkLiveness: which links are silent. One array of last-seen times, swept a few times per
// heartbeat interval; no timer per link (a re-armed timer per heartbeat costs a quarter of a core
// at 10,000 links). Used by AgentListener. Pure.
//
// With an interval of 10 s: nothing heard for 15 s -> ping; nothing for 25 s -> silent. A sweep
// comes every second, so a peer that vanished is found within 26 s. All of it scales with the
// interval.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"

namespace understudy {

class LinkLiveness {
  public:
    using Slot = std::uint32_t;
    static constexpr Slot kNone = ~Slot{0};

    // `owner` comes back in sweeps. `interval`: what this link was told in its welcome.
    Slot add(void* owner, Duration interval, Instant now);
    void seen(Slot slot, Instant now) {
        entries_[slot].last_seen = now;
        entries_[slot].pinged = false;
    }
    void remove(Slot slot);

    struct Findings {
        std::vector<void*> ping;    // once per silence
        std::vector<void*> silent;  // again in every sweep until removed
    };
    // Input that arrived before `now` must have been applied. When the caller comes late, nobody
    // was listened to in between: that time counts for no link.
    Findings sweep(Instant now);
    Instant next_sweep() const { return used_ == 0 ? kNever : next_sweep_; }

    static Duration ping_after(Duration interval) { return interval * 3 / 2; }
    static Duration silent_after(Duration interval) { return interval * 5 / 2; }
    static Duration sweep_period(Duration interval);

    std::size_t size() const { return used_; }

  private:
    struct Entry {
        void* owner = nullptr;  // null: free
        Instant last_seen{};
        std::uint32_t interval_ms = 0;
        bool pinged = false;
    };
    std::vector<Entry> entries_;
    std::vector<Slot> free_;
    std::size_t used_ = 0;
    Duration period_{1'000};
    Instant next_sweep_{};
};

}  // namespace understudy
