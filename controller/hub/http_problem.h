// A refusal of HTTP itself, before the API has seen the request, as a problem document. Pure.
#pragma once

#include "base/result.h"
#include "controller/hub/hub.h"

namespace understudy {

// The code follows from the status.
ApiResponse http_problem(int status, const Error& error);

}  // namespace understudy
