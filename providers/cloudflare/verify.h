// What can be said about the credential without writing. See Provider::verify.
#pragma once

#include "providers/cloudflare/account.h"

namespace understudy::cloudflare {

// The account outlives it.
Talk<Result<Verification>> verify(const Account& account);

}  // namespace understudy::cloudflare
