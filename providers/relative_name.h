// Names as many services keep them: without their zone, "@" for the zone itself.
#pragma once

#include <string>
#include <string_view>

#include "providers/provider.h"

namespace understudy {

// "www.example.org" in the zone "example.org": "www"; the zone itself: "@". The name must be in it.
std::string relative_name(std::string_view name, const ZoneRef& zone);

// The other way round, as it can be compared with ours. "", "@" and the zone's own name are the
// zone: some services take one and show another.
std::string name_in(const ZoneRef& zone, std::string_view relative);

}  // namespace understudy
