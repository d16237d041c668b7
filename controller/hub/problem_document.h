// Problem documents (RFC 9457): how every refusal looks, the API's and the hub's own alike: the
// code that programs look at, field, sentence and remedy, and `errors[]` when several things are
// wrong at once. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "controller/hub/hub.h"

namespace understudy {

// `problems` must not be empty. Transient and Throttled errors get a Retry-After.
ApiResponse problem_document(int status, std::string_view code, const std::vector<Error>& problems);

// A refusal of HTTP itself, before the API has seen the request; the code follows from the status.
ApiResponse http_problem(int status, const Error& error);

}  // namespace understudy
