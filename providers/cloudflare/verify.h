// What can be said about the credential without writing. See Provider::verify.
#pragma once

#include <memory>

#include "providers/cloudflare/account.h"
#include "providers/provider.h"

namespace understudy::cloudflare {

std::unique_ptr<Operation> make_verify(std::shared_ptr<const Account> account);

}  // namespace understudy::cloudflare
