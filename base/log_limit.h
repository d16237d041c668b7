// LogLimit: lets a line of the log through once in a while, however often its cause comes: what
// others can cause as often as they like must not fill the disk or bury the rest. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace understudy {

class LogLimit {
  public:
    explicit LogLimit(Duration period = Duration{60'000}) : period_(period) {}

    // How many were left out since the last line, when it is time for one; none: say nothing.
    std::optional<std::uint64_t> due(Instant now) {
        if (now < next_) {
            ++left_out_;
            return std::nullopt;
        }
        next_ = now + period_;
        return std::exchange(left_out_, 0);
    }

  private:
    Duration period_;
    Instant next_ = Instant::min();
    std::uint64_t left_out_ = 0;
};

}  // namespace understudy
