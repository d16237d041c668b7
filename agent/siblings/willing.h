// What this agent is willing to probe for others, and what it says to the rest. A controller that
// fell into wrong hands must not make a scanner of it, nor reach what only this machine can reach.
// Pure. Used by prober.h; the configuration fills ProbeSettings in.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/token_bucket.h"
#include "schema/wire.h"

namespace understudy {

// "probe_for_others" of the configuration.
struct ProbeSettings {
    bool enabled = true;
    std::vector<std::uint16_t> ports{80, 443};
    bool allow_private = false;  // private and loopback addresses too: tests, drills
    friend bool operator==(const ProbeSettings&, const ProbeSettings&) = default;
};

inline constexpr Rate kProbeRate{20, 2};  // of all probes
// Of one address, beside one in wire::kProbeInterval: so many at once.
inline constexpr int kTargetBurst = 6;

// Why the agent does not do it, as a sentence; empty: it does.
std::string unwilling(const wire::Probe& probe, const ProbeSettings& settings);

}  // namespace understudy
