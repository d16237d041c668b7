// Virtual time: things to do, in order of their instant and, within one instant, of their
// scheduling.
#pragma once

#include <functional>
#include <map>
#include <utility>

#include "base/clock.h"

namespace understudy::simulation {

class Schedule {
  public:
    Instant now() const { return now_; }
    // Wall time goes along, from a fixed beginning; steps of the wall clock are added by the
    // faults.
    WallTime wall() const {
        return WallTime{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + (now_ - kStart) +
               wall_offset_;
    }
    void step_wall(Duration by) { wall_offset_ += by; }

    void in(Duration delay, std::function<void()> action) {
        queue_.emplace(std::pair{now_ + delay, ++order_}, std::move(action));
    }

    // Runs what is due up to `end`; `between` is called after each thing done.
    void run_until(Instant end, const std::function<void()>& between) {
        while (!queue_.empty() && queue_.begin()->first.first <= end) {
            auto next = queue_.extract(queue_.begin());
            now_ = next.key().first;
            next.mapped()();
            between();
        }
        now_ = end;
    }

    static constexpr Instant kStart{Duration{1'000'000}};

  private:
    Instant now_ = kStart;
    Duration wall_offset_{0};
    std::uint64_t order_ = 0;
    std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> queue_;
};

}  // namespace understudy::simulation
