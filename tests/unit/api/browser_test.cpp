#include "controller/api/browser.h"

#include <doctest/doctest.h>

using namespace understudy;
using namespace understudy::api;

namespace {

ApiRequest by_browser(std::vector<std::pair<std::string, std::string>> headers) {
    ApiRequest request;
    request.method = "PUT";
    request.host = "u.example.org:8444";
    request.headers = std::move(headers);
    return request;
}

std::string cookie_in(const std::string& header, bool tls = false) {
    const ApiRequest request = by_browser({{"cookie", header}});
    const auto found = session_cookie(request, tls);
    return found ? std::string{*found} : "(refused)";
}

bool ours(std::vector<std::pair<std::string, std::string>> headers,
          const std::vector<std::string>& origins = {}) {
    return !not_from_our_page(by_browser(std::move(headers)), origins);
}

}  // namespace

TEST_CASE("browser: the session's cookie among others") {
    CHECK(cookie_in("").empty());
    CHECK(cookie_in("theme=dark; understudy_session=abc; x").find("abc") == 0);
    CHECK(cookie_in("understudy_session=a=b") == "a=b");
    CHECK(cookie_in("xunderstudy_session=abc").empty());
    CHECK(cookie_in("understudy_session").empty());
    CHECK(cookie_in("Understudy_Session=abc").empty());  // a cookie's name has its case
    CHECK(cookie_in(";;=;=x; understudy_session=abc") == "abc");
    CHECK(cookie_in("understudy_session=abc; understudy_session=def") == "(refused)");
}

TEST_CASE("browser: over TLS only a cookie counts that no other site can have put there") {
    const std::string plain = "understudy_session=abc", ours = "__Host-understudy_session=def";
    CHECK(cookie_in(ours, true) == "def");
    CHECK(cookie_in(plain, true).empty());
    CHECK(cookie_in(plain + "; " + ours, true) == "def");
    CHECK(cookie_in(ours + "; " + ours, true) == "(refused)");
    // A proxy may end TLS before us; what has the prefix goes before what has not.
    CHECK(cookie_in(plain + "; " + ours) == "def");
    CHECK(cookie_in(ours) == "def");
    CHECK(cookie_in(plain) == "abc");
}

TEST_CASE("browser: an order comes from our page, whose origin is ours where one is told") {
    const std::pair<std::string, std::string> page{"x-understudy", "page"};
    CHECK(ours({page}));
    CHECK(ours({page, {"origin", "https://u.example.org:8444"}}));
    CHECK(ours({page, {"origin", "http://U.example.ORG:8444"}}));
    CHECK_FALSE(ours({}));
    CHECK_FALSE(ours({{"x-understudy", "Page"}}));
    CHECK_FALSE(ours({{"origin", "https://u.example.org:8444"}}));
    for (const char* origin :
         {"null", "https://u.example.org", "https://u.example.org:8445", "https://evil.example",
          "https://u.example.org:8444.evil.example", "https://evil.example/u.example.org:8444",
          "ftp://u.example.org:8444", "u.example.org:8444", "https://"}) {
        CAPTURE(origin);
        CHECK_FALSE(ours({page, {"origin", origin}}));
    }
    const std::vector<std::string> named{"https://status.example.org"};
    CHECK(ours({page, {"origin", "https://status.example.org"}}, named));
    CHECK_FALSE(ours({page, {"origin", "http://status.example.org"}}, named));

    ApiRequest reads = by_browser({{"origin", "https://evil.example"}});
    reads.method = "GET";
    CHECK_FALSE(not_from_our_page(reads, {}));
    CHECK(foreign_origin(reads, {}));
}

TEST_CASE("browser: the cookie is for us alone, and no script's") {
    const Secret value{"uss_x"};
    const std::string kept = "; HttpOnly; SameSite=Strict; Path=/";
    CHECK(session_cookie_to_set(value, by_browser({}), false) == "understudy_session=uss_x" + kept);
    CHECK(session_cookie_to_set(value, by_browser({}), true) ==
          "__Host-understudy_session=uss_x" + kept + "; Secure");
    // A proxy ends TLS.
    const ApiRequest by_proxy = by_browser({{"origin", "https://u.example.org"}});
    CHECK(session_cookie_to_set(value, by_proxy, false) ==
          "__Host-understudy_session=uss_x" + kept + "; Secure");
    CHECK(session_cookie_to_forget(by_browser({}), false) ==
          "understudy_session=" + kept + "; Max-Age=0");
    CHECK(session_cookie_to_forget(by_browser({}), true) ==
          "__Host-understudy_session=" + kept + "; Secure; Max-Age=0");
}
