// How busy this machine is, for heartbeats: pools that answer with their least loaded members
// choose by it.
#pragma once

#include <optional>

namespace understudy {

// The load average of the last minute per core: 1.0 is every core busy. None: it cannot be read.
std::optional<double> load_per_core();

}  // namespace understudy
