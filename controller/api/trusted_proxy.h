// Callers that a reverse proxy vouches for. Pure.
#pragma once

#include <optional>
#include <variant>

#include "controller/api/web_access.h"
#include "controller/core/fleet.h"
#include "controller/hub/hub.h"

namespace understudy::api {

// Whether a request names a person as the proxy would, be it the proxy or not.
bool names_a_person(const TrustedProxy& proxy, const ApiRequest& request);
// Whether it comes from where the proxy is.
bool comes_from(const TrustedProxy& proxy, const ApiRequest& request);

// Of a request that comes from the proxy: the person, or why there is none (Rejected). A pool that
// a grant names and that is not there is nobody's.
Result<Caller> caller_by_proxy(const TrustedProxy& proxy, const Fleet& fleet,
                               const ApiRequest& request);

}  // namespace understudy::api
