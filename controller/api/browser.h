// What browsers send by themselves, whoever wrote the page that made them: cookies and origins.
// What shows that it was our page. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "controller/hub/hub.h"

namespace understudy::api {

// Headers that the hub has to hand on for it, in lower case.
std::vector<std::string> browser_headers();

// Of the session; empty: there is none. The error (Rejected): there are two, and one of them was
// put there by another site. `tls`: it ends here. Over TLS its name begins with __Host-, and
// browsers take such a cookie from nobody but us (RFC 6265bis, 4.1.3.2).
Result<std::string_view> session_cookie(const ApiRequest& request, bool tls);
// For Set-Cookie: only sent back to us, never with what another site has begun, never shown to
// scripts; and gone when the browser ends.
std::string session_cookie_to_set(const Secret& value, const ApiRequest& request, bool tls);
std::string session_cookie_to_forget(const ApiRequest& request, bool tls);

// Why this does not come from our page (Rejected), where it would change something (RFC 6454; the
// header is one that other sites' pages cannot send without asking first). none: it does.
// `origins`: of our page beside the one that the request was sent to.
std::optional<Error> not_from_our_page(const ApiRequest& request,
                                       const std::vector<std::string>& origins);
// The origin alone, for what is no order yet: to log in.
std::optional<Error> foreign_origin(const ApiRequest& request,
                                    const std::vector<std::string>& origins);

}  // namespace understudy::api
