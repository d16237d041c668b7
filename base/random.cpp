#include "base/random.h"

#include <algorithm>

namespace understudy {

Duration backoff(Random& random, int attempt, Duration base, Duration cap) {
    const int doublings = std::clamp(attempt - 1, 0, 30);
    const Duration ceiling = std::min(cap, base * (std::int64_t{1} << doublings));
    return random.between(ceiling / 2, ceiling);
}

}  // namespace understudy
