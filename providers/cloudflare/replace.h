// Replacing the addresses of some names of one zone. See Provider::replace and ReplaceOperation.
#pragma once

#include <memory>
#include <vector>

#include "providers/cloudflare/account.h"
#include "providers/provider.h"

namespace understudy::cloudflare {

std::unique_ptr<Operation> make_replace(std::shared_ptr<const Account> account, const ZoneRef& zone,
                                        std::vector<RecordReplacement> replacements);

}  // namespace understudy::cloudflare
