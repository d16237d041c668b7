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

// Of the older headers, "Ratelimit-Remaining: 4816" and "Ratelimit-Reset", which is a time of day:
// without a clock it says nothing, and none is asked for.
std::optional<CallsLeft> read_calls_remaining(const HttpResponse& response);

}  // namespace understudy
