// The zone of a name, and what the name holds now. See Provider::locate.
#pragma once

#include <memory>
#include <string>

#include "providers/cloudflare/account.h"
#include "providers/provider.h"

namespace understudy::cloudflare {

std::unique_ptr<Operation> make_locate(std::shared_ptr<const Account> account, std::string name);

}  // namespace understudy::cloudflare
