#include "controller/core/flapping.h"

#include <algorithm>

namespace understudy::flapping {

int recent(std::span<const WallTime> failovers, WallTime now) {
    return static_cast<int>(std::ranges::count_if(
        failovers, [&](WallTime at) { return at <= now && at + kMemory > now; }));
}

Duration failback_after(std::span<const WallTime> failovers, WallTime now, Duration usual) {
    Duration after = usual;
    for (int count = recent(failovers, now); count > 1 && after < kMemory; --count)
        after *= 2;
    return std::max(usual, std::min<Duration>(after, kMemory));
}

WallTime held_until(std::span<const WallTime> failovers, WallTime now) {
    if (failovers.empty() || failovers.back() > now) return {};
    const WallTime last = failovers.back();
    return recent(failovers, last) >= kFailoversToHold ? last + kMemory : WallTime{};
}

void remember(std::vector<WallTime>& failovers, WallTime now) {
    std::erase_if(failovers, [&](WallTime at) { return at > now || at + 2 * kMemory <= now; });
    failovers.push_back(now);
}

}  // namespace understudy::flapping
