// Calls left of an account, from the "Ratelimit" header: "default";r=50;t=30
// (draft-ietf-httpapi-ratelimit-headers;
// developers.cloudflare.com/fundamentals/api/reference/limits).
#pragma once

#include <optional>
#include <string_view>

#include "providers/provider.h"

namespace understudy {

// The item with the least "r" of all comma-separated ones; none when there is none that can be
// read.
std::optional<CallsLeft> read_calls_left(std::string_view header);

}  // namespace understudy
