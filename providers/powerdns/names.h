// Names of one zone as they were read, and how a change of them is written.
#pragma once

#include <memory>

#include "providers/powerdns/set_reader.h"

namespace understudy::powerdns {

// The server outlives it.
std::unique_ptr<const NamesRead> make_names(const Server& server, const std::string& zone_id,
                                            ZoneReading read, const Capabilities& can);

}  // namespace understudy::powerdns
