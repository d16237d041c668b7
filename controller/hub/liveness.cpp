#include "controller/hub/liveness.h"

#include <algorithm>

#include "base/ensure.h"

namespace understudy {

Duration LinkLiveness::sweep_period(Duration interval) {
    return std::max(interval / 10, Duration{10});
}

LinkLiveness::Slot LinkLiveness::add(void* owner, Duration interval, Instant now) {
    ensure(owner != nullptr && interval > Duration{0});
    const Duration period = sweep_period(interval);
    if (used_ == 0) {
        period_ = period;
        next_sweep_ = now + period_;
    } else if (period < period_) {
        period_ = period;
        next_sweep_ = std::min(next_sweep_, now + period_);
    }
    ++used_;
    const Entry entry{owner, now, static_cast<std::uint32_t>(interval.count()), false};
    if (!free_.empty()) {
        const Slot slot = free_.back();
        free_.pop_back();
        entries_[slot] = entry;
        return slot;
    }
    entries_.push_back(entry);
    return static_cast<Slot>(entries_.size() - 1);
}

void LinkLiveness::remove(Slot slot) {
    ensure(slot < entries_.size() && entries_[slot].owner != nullptr);
    entries_[slot] = Entry{};
    free_.push_back(slot);
    --used_;
}

LinkLiveness::Findings LinkLiveness::sweep(Instant now) {
    Findings findings;
    if (now < next_sweep_) return findings;
    const Duration late = now - next_sweep_;
    const bool stalled = late > period_;
    next_sweep_ = now + period_;
    for (Entry& entry : entries_) {
        if (entry.owner == nullptr) continue;
        if (stalled) entry.last_seen = std::min(entry.last_seen + late, now);
        const Duration interval{entry.interval_ms};
        const Duration silence = now - entry.last_seen;
        if (silence >= silent_after(interval)) {
            findings.silent.push_back(entry.owner);
        } else if (silence >= ping_after(interval) && !entry.pinged) {
            entry.pinged = true;
            findings.ping.push_back(entry.owner);
        }
    }
    return findings;
}

}  // namespace understudy
