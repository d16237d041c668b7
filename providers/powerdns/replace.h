// Replacing the addresses of some names of one zone. See Provider::replace and ReplaceOperation.
#pragma once

#include <memory>
#include <vector>

#include "providers/powerdns/server.h"
#include "providers/provider.h"

namespace understudy::powerdns {

inline constexpr int kBatchSize = 100;  // names in a write
inline constexpr int kOperationSize = 5000;

std::unique_ptr<Operation> make_replace(std::shared_ptr<const Server> server, const ZoneRef& zone,
                                        std::vector<RecordReplacement> replacements);

}  // namespace understudy::powerdns
