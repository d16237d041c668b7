// Names of one zone as they were read, and how a change of them is written.
#pragma once

#include <memory>

#include "providers/cloudflare/account.h"
#include "providers/cloudflare/record.h"
#include "providers/service.h"

namespace understudy::cloudflare {

// The account outlives it.
std::unique_ptr<const NamesRead> make_names(const Account& account, const std::string& zone_id,
                                            RecordsByName records, const Capabilities& can);

}  // namespace understudy::cloudflare
