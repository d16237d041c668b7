// TokenBucket: how often something may happen: so many times at once, and so many a second for
// long. Pure.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace understudy {

struct Rate {
    float burst = 1;
    float per_second = 1;
};

class TokenBucket {
  public:
    TokenBucket(const Rate& rate, Instant now) : filled_(now), level_(rate.burst) {}

    // Whether it may happen now; then it is counted.
    bool take(const Rate& rate, Instant now) {
        fill(rate, now);
        if (level_ < 1) return false;
        level_ -= 1;
        return true;
    }
    // What was counted turned out not to count.
    void give_back(const Rate& rate) { level_ = std::min(rate.burst, level_ + 1); }
    // How long until it may happen again.
    Duration wait(const Rate& rate, Instant now) {
        fill(rate, now);
        if (level_ >= 1) return Duration{0};
        return Duration{static_cast<Duration::rep>((1 - level_) / rate.per_second * 1000) + 1};
    }

  private:
    void fill(const Rate& rate, Instant now) {
        const float passed_s = static_cast<float>((now - filled_).count()) / 1000;
        filled_ = now;
        level_ = std::min(rate.burst, level_ + passed_s * rate.per_second);
    }

    Instant filled_;
    float level_;
};

}  // namespace understudy
