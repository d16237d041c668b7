// Who asks, and whether he may: the one place where callers are made. By bearer token (RFC 6750).
// Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/network.h"
#include "controller/api/router.h"
#include "controller/core/access.h"
#include "controller/core/fleet.h"

namespace understudy::api {

// `by`: how he has shown who he is ("token"); "admin token 'ops'" is what the log says then.
Caller caller_of(Role role, std::string_view by, const std::string& name,
                 const ApiRequest& request);

// By the bearer token, or why not (Rejected, an answer of 401). The row is found by the token's
// prefix, the hash compared in constant time; what was sent is never repeated.
Result<Caller> authenticate(const Fleet& fleet, const ApiRequest& request, WallTime now);
// As what a token that is there lets him be, unless it has expired or is not taken from there.
Result<Caller> caller_with(const Token& token, std::string_view by, const ApiRequest& request,
                           WallTime now);

// Over the Unix socket the kernel says who asks: an administrator, or why he is none (Rejected).
Result<Caller> caller_on_this_machine(const ApiRequest& request);

// The same however he is called: the name of who is on this machine may become known only later.
std::string lasting_name(const Caller& caller, const ApiRequest& request);

// 403 when his role or his scope do not do for that route; none: he may.
std::optional<ApiResponse> refusal_of(const Route& route, const Caller& caller);

// Whether the address is in one of the networks; IPv4 in either form.
bool is_from(const std::vector<Network>& networks, std::string_view address);

// Of a peer: "127.0.0.1:51514", "[::1]:51514", "::1".
std::string_view address_of(std::string_view peer);

bool is_local(std::string_view peer);

}  // namespace understudy::api
