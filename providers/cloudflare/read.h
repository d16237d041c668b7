// What some names of one zone hold. See Provider::read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/cloudflare/account.h"
#include "providers/provider.h"

namespace understudy::cloudflare {

std::unique_ptr<Operation> make_read(std::shared_ptr<const Account> account, const ZoneRef& zone,
                                     std::vector<std::string> names);

}  // namespace understudy::cloudflare
