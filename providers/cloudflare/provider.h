// The "cloudflare" provider: Cloudflare's API v4 with an API token.
//
// settings: {"base_url"?, "zone_id"?, "account_id"?, "plan"?, "allow_plain_http"?}. zone_id lets a
// token do without Zone:Read's list and picks one of two zones with one name; account_id is for
// account-owned tokens; plan ("free", "pro", "business", "enterprise") sets the batch size and the
// lowest TTL.
#pragma once

#include <memory>
#include <string_view>

#include "base/secret.h"
#include "providers/provider.h"

namespace understudy::cloudflare {

Result<std::unique_ptr<Provider>> make(std::string_view settings, const Secret& credential);

}  // namespace understudy::cloudflare
