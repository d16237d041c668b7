#include "controller/api/browser.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace understudy::api {
namespace {

constexpr std::string_view kSessionCookie = "understudy_session";
constexpr std::string_view kSessionCookieOverTls = "__Host-understudy_session";
constexpr std::string_view kAttributes = "; HttpOnly; SameSite=Strict; Path=/";
constexpr std::string_view kPageHeader = "x-understudy";
constexpr std::size_t kOriginShown = 100;

// Where a proxy ends TLS the browser knows of it, and we do not.
bool is_secure(const ApiRequest& request, bool tls) {
    return tls || request.header("origin").starts_with("https://");
}

std::string cookie_to_set(std::string_view value, bool secure) {
    std::string cookie{secure ? kSessionCookieOverTls : kSessionCookie};
    cookie.append("=").append(value).append(kAttributes);
    return cookie + (secure ? "; Secure" : "");
}

// Its value; empty: there is none.
Result<std::string_view> cookie_named(const ApiRequest& request, std::string_view name) {
    std::string_view rest = request.header("cookie");
    std::string_view found;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string_view pair = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
        if (!found.empty()) {
            return rejected("there are two session cookies",
                            "remove this site's cookies, and log in again");
        }
        found = pair.substr(equals + 1);
    }
    return found;
}

// Which of http and https it was a proxy before us may have decided.
bool is_ours(std::string_view origin, const ApiRequest& request,
             const std::vector<std::string>& origins) {
    for (const std::string_view scheme : {"https://", "http://"}) {
        if (!origin.starts_with(scheme)) continue;
        if (same_ignoring_case(origin.substr(scheme.size()), request.host)) return true;
    }
    return std::ranges::any_of(
        origins, [origin](const std::string& each) { return same_ignoring_case(each, origin); });
}

}  // namespace

std::vector<std::string> browser_headers() {
    return {"cookie", "origin", std::string{kPageHeader}};
}

// Another site can put the one without the prefix beside it, and so it counts only alone.
Result<std::string_view> session_cookie(const ApiRequest& request, bool tls) {
    auto found = cookie_named(request, kSessionCookieOverTls);
    if (tls || !found || !found->empty()) return found;
    return cookie_named(request, kSessionCookie);
}

std::string session_cookie_to_set(const Secret& value, const ApiRequest& request, bool tls) {
    return cookie_to_set(value.reveal(), is_secure(request, tls));
}

std::string session_cookie_to_forget(const ApiRequest& request, bool tls) {
    return cookie_to_set({}, is_secure(request, tls)) + "; Max-Age=0";
}

std::optional<Error> foreign_origin(const ApiRequest& request,
                                    const std::vector<std::string>& origins) {
    const std::string_view origin = request.header("origin");
    if (origin.empty() || is_ours(origin, request, origins)) return std::nullopt;
    return rejected("the page of " + quoted(std::string{origin.substr(0, kOriginShown)}) +
                        " is not this controller's",
                    "name it in access.origins, if it is what a proxy calls this controller");
}

std::optional<Error> not_from_our_page(const ApiRequest& request,
                                       const std::vector<std::string>& origins) {
    if (request.method == "GET") return std::nullopt;  // HEAD comes as GET
    if (auto foreign = foreign_origin(request, origins)) return foreign;
    if (request.header(kPageHeader) == "page") return std::nullopt;
    return rejected("an order by somebody's browser has to come from this controller's page",
                    "send the header 'X-Understudy: page', or a token in place of the cookie");
}

}  // namespace understudy::api
