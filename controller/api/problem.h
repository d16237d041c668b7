// Errors as answers: which status says what; how they look is base/problem_document.h. Used by
// every handler; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fields.h"
#include "base/result.h"
#include "controller/hub/hub.h"

namespace understudy::api {

// The fields of preconditions: what is wrong with them is answered 412, whatever the code.
inline constexpr std::string_view kIfMatch = "If-Match", kIfNoneMatch = "If-None-Match";

// The status follows from the code: Invalid 422, NotFound 404, Conflict 409, Rejected 409,
// Transient and Throttled 503 (with Retry-After), Corrupt 500.
ApiResponse problem(const Error& error);
// One or more problems of the input. `problems` must not be empty.
ApiResponse problem(const Problems& problems);
// A status of HTTP itself (401, 405, 413, ...); `code` is the word programs look at.
ApiResponse problem(int status, std::string_view code, const Error& error);
// What a provider or a receiver said when the controller asked it: Rejected is 502 there, because
// the request was sound; an unknown zone is 422, because the path of the request was found.
ApiResponse upstream_problem(const Error& error);

}  // namespace understudy::api
