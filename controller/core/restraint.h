// Restraint: what keeps automation from a change, for status, log and notifications (restraints.h
// finds them). A plain value.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/ids.h"

namespace understudy {

struct Restraint {
    std::string kind;        // "mass_loss": a stable word for programs
    bool doubts = false;     // not even an outage is believed
    bool global = false;     // holds every pool, and is told once for all
    std::string why;         // "5 of 6 servers were lost within 1 min 0 s"
    std::string lets_go;     // "it ends when most of them are back, or with 'understudyctl ...'"
    Instant until = kNever;  // when to look again
    PoolId pool{};           // whose; none: everybody's

    std::string sentence() const { return why + "; " + lets_go; }
};

}  // namespace understudy
