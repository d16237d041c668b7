// Who asks: an administrator by bearer token (RFC 6750), or nobody.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "controller/store/store.h"

namespace understudy::api {

// The name for the log ("admin token 'ops'"), or why not (Rejected). The row is found by the
// token's prefix, the hash compared in constant time; what was sent is never repeated.
Result<std::string> authenticate(std::span<const AdminToken> tokens,
                                 std::string_view authorization);

// "127.0.0.1:51514", "[::1]:51514", "::1".
bool is_local(std::string_view peer);

}  // namespace understudy::api
