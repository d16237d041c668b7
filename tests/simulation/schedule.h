// Virtual time: things to do, in order of their instant and, within one instant, of their
// scheduling. Holds the wall clock as well, which faults step and let drift.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace understudy::simulation {

class Schedule {
  public:
    static constexpr Instant kStart{Duration{1'000'000}};

    Instant now() const { return now_; }
    WallTime wall() const { return wall_at(now_); }
    WallTime wall_at(Instant at) const {
        const Duration drifted{(at - drifts_since_).count() * drift_ppm_ / 1'000'000};
        return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + (at - kStart) +
               wall_offset_ + drifted;
    }
    void step_wall(Duration by) { wall_offset_ += by; }
    void drift_wall(std::int64_t ppm) {
        wall_offset_ += Duration{(now_ - drifts_since_).count() * drift_ppm_ / 1'000'000};
        drifts_since_ = now_;
        drift_ppm_ = ppm;
    }

    void in(Duration delay, std::function<void()> action) {
        queue_.push_back({now_ + delay, ++order_, std::move(action)});
        std::push_heap(queue_.begin(), queue_.end(), Later{});
    }

    // Runs what is due up to `end`, or until told to stop; `between` is called after each thing
    // done, and says whether to go on.
    void run_until(Instant end, const std::function<bool()>& between) {
        while (!queue_.empty() && queue_.front().at <= end) {
            std::pop_heap(queue_.begin(), queue_.end(), Later{});
            const Entry next = std::move(queue_.back());
            queue_.pop_back();
            now_ = std::max(now_, next.at);
            ++done_;
            next.action();
            if (!between()) return;
        }
        now_ = std::max(now_, end);
    }
    std::uint64_t done() const { return done_; }

  private:
    struct Entry {
        Instant at;
        std::uint64_t order = 0;
        std::function<void()> action;
    };
    struct Later {
        bool operator()(const Entry& one, const Entry& other) const {
            return std::pair{one.at, one.order} > std::pair{other.at, other.order};
        }
    };

    Instant now_ = kStart;
    Duration wall_offset_{0};
    Instant drifts_since_ = kStart;
    std::int64_t drift_ppm_ = 0;
    std::uint64_t order_ = 0;
    std::uint64_t done_ = 0;
    std::vector<Entry> queue_;
};

}  // namespace understudy::simulation
