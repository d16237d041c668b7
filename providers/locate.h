// Locating a name: which zone it lives in, then what it holds there. The same for every provider.
#pragma once

#include <string>
#include <string_view>

#include "providers/provider.h"

namespace understudy {

// The zone of a name: the longest that fits. An error when there is none, or when it cannot be
// served from.
Result<FoundZone> zone_of(const ZoneFindings& findings, std::string_view name);

// What was read of a name in its zone; an error when that is no record of ours to be.
Result<Location> location_in(const FoundZone& zone, RecordReading reading);

}  // namespace understudy
