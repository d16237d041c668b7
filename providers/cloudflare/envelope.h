// The envelope around every answer: {"result", "success", "errors", "messages", "result_info"}.
#pragma once

#include "providers/cloudflare/account.h"

namespace understudy::cloudflare {

// `success` and the status must both say yes. What is no envelope at all is Lost. Codes in
// `messages` are never errors (10000 means "valid" there).
Reply read_envelope(const HttpAnswer& answer);

}  // namespace understudy::cloudflare
