// Flapping (rule 10), as pure functions of a pool's latest failovers.
//
//   failovers within the hour | wait before going back        | going back
//   0 or 1                    | failback_after_s              | by itself
//   2                         | twice that, at most an hour   | by itself
//   3 or more                 | until an hour after the last  | held, or released by a person
#pragma once

#include <span>
#include <vector>

#include "base/clock.h"

namespace understudy::flapping {

inline constexpr Duration kMemory = std::chrono::hours{1};
inline constexpr int kFailoversToHold = 3;

// Failovers in the hour that ends now.
int recent(std::span<const WallTime> failovers, WallTime now);
Duration failback_after(std::span<const WallTime> failovers, WallTime now, Duration usual);
// Until when it stays away; a time that has passed: it need not. Failovers after `now` (the clock
// was set back since) hold nothing.
WallTime held_until(std::span<const WallTime> failovers, WallTime now);
// Adds one and drops what no rule looks at any more.
void remember(std::vector<WallTime>& failovers, WallTime now);

}  // namespace understudy::flapping
