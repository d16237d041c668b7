// The URL of a webhook: what is taken and what is refused. Pure. The URL is a secret (chat services
// put tokens into it), so errors show its origin at most.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy {

// allow_private: private and loopback receivers are meant (a lab, a relay on this host); http is
// then taken for loopback addresses and "localhost". A name that resolves to a private address is
// found only when connecting (HttpRequest::peers).
Result<std::string> read_webhook_url(std::string_view url, bool allow_private);

}  // namespace understudy
