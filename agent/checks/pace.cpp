#include "agent/checks/pace.h"

namespace understudy {
namespace {

// Of one check, whatever its fall, rise and time-out: as many as decide at the usual ones.
constexpr int kTriesAtOnce = 3;

}  // namespace

Instant next_try(const Tries& tries, const Hysteresis& hysteresis, const CheckSettings& settings,
                 bool overlap) {
    if (!tries.begun) return Instant{};
    if (tries.open >= (overlap ? kTriesAtOnce : 1)) return kNever;
    // Of who is quick as a rule a late answer is a doubt; others are only slow.
    const bool late = overlap && tries.quick && tries.open > 0;
    if (!hysteresis.undecided(tries.open, late)) return *tries.begun + settings.interval;
    // A program that hung leaves the machine a rest.
    return (overlap ? *tries.begun : tries.ended) + settings.fast_interval;
}

}  // namespace understudy
