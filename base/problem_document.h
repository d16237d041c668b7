// Problem documents (RFC 9457): how every refusal of the controller looks, the API's and the HTTP
// listener's own alike: the code that programs look at, field, sentence and remedy, and `errors[]`
// when several things are wrong at once. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace understudy {

// The JSON text. `problems` must not be empty.
std::string problem_document(int status, std::string_view code, const std::vector<Error>& problems);

// What Retry-After says with that error, when there is something to say.
std::optional<std::string> retry_after(const Error& error);

}  // namespace understudy
