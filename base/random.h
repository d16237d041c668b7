// Seeded randomness, handed down to whoever needs it (jitter, back-off). Nothing else draws random
// numbers, so a simulation with one seed repeats exactly. Not for secrets: see crypto.h.
#pragma once

#include <cstdint>
#include <random>

#include "base/clock.h"

namespace understudy {

class Random {
  public:
    explicit Random(std::uint64_t seed) : engine_(seed) {}

    // Uniform in [0, bound); bound > 0.
    std::uint64_t below(std::uint64_t bound) { return engine_() % bound; }
    bool chance(double probability) {
        return static_cast<double>(engine_() >> 11) * 0x1.0p-53 < probability;
    }
    // Uniform in [low, high].
    Duration between(Duration low, Duration high) {
        return low + Duration{static_cast<Duration::rep>(
                         below(static_cast<std::uint64_t>((high - low).count()) + 1))};
    }

  private:
    std::mt19937_64 engine_;
};

// Exponential back-off with full jitter: attempt 1 draws from [base/2, base], doubling up to `cap`.
Duration backoff(Random& random, int attempt, Duration base, Duration cap);

}  // namespace understudy
