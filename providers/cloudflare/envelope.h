// The envelope around every answer: {"result", "success", "errors", "messages", "result_info"}.
#pragma once

#include "providers/json_service.h"

namespace understudy::cloudflare {

// `success` and the status must both say yes. What is no envelope at all is Unknown. Codes in
// `messages` are never errors (10000 means "valid" there).
Reply read_envelope(const HttpResponse& response);

}  // namespace understudy::cloudflare
