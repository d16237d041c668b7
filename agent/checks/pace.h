// Pace: when the next try of a check begins, by how those before it went (runner.h says why so).
// Pure; used by runner.h, and by the simulation, whose agents check as the real ones do.
#pragma once

#include <optional>

#include "agent/checks/check.h"
#include "agent/checks/hysteresis.h"

namespace understudy {

struct Tries {
    std::optional<Instant> begun{};  // the newest; none: there was none yet
    Instant ended{};                 // the last one that counted
    int open = 0;                    // under way
    bool quick = false;              // the last good answer came within a fast interval
};

// overlap: tries of that kind may.
Instant next_try(const Tries& tries, const Hysteresis& hysteresis, const CheckSettings& settings,
                 bool overlap);

}  // namespace understudy
