#include "base/http_message.h"

#include <doctest/doctest.h>

using namespace understudy;
using namespace std::chrono_literals;

namespace {

// 1994-11-06T08:49:00Z: 37 seconds before the date all three examples of RFC 9110 5.6.7 show.
const WallTime kNow = *parse_rfc3339("1994-11-06T08:49:00Z");

std::optional<std::chrono::seconds> after(const std::string& value) {
    HttpResponse response;
    response.headers = {{"Retry-After", value}};
    return retry_after(response, kNow);
}

}  // namespace

TEST_CASE("http_message: headers are found whatever their case, the first one wins") {
    HttpResponse response;
    response.headers = {{"Content-Type", "text/plain"}, {"X-Two", "1"}, {"x-two", "2"}};
    CHECK(response.header("content-TYPE") == "text/plain");
    CHECK(response.header("X-TWO") == "1");
    CHECK(response.header("X-Tw").empty());
}

TEST_CASE("http_message: Retry-After in seconds") {
    CHECK(after("120") == 120s);
    CHECK(after(" 0\t") == 0s);
    CHECK(after("99999999999999999999") == 24h * 365);
}

TEST_CASE("http_message: Retry-After as a date, in its three forms") {
    CHECK(after("Sun, 06 Nov 1994 08:49:37 GMT") == 37s);
    CHECK(after("Sunday, 06-Nov-94 08:49:37 GMT") == 37s);
    CHECK(after("Sun Nov  6 08:49:37 1994") == 37s);
    CHECK(after("Sun, 06 Nov 1994 08:48:37 GMT") == 0s);
    CHECK(after("Sun, 06 Nov 2094 08:49:37 GMT") == 24h * 365);
    CHECK(after("Sunday, 06-Nov-45 08:49:37 GMT") == 0s);
}

TEST_CASE("http_message: any other Retry-After is as if it were not there") {
    CHECK_FALSE(retry_after(HttpResponse{}, kNow).has_value());
    for (const char* value : {"", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:49:37 CET",
                              "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
                              "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Noo 1994 08:49:37 GMT"}) {
        CAPTURE(value);
        CHECK_FALSE(after(value).has_value());
    }
}

TEST_CASE("http_message: a fraction of a second still to wait is a second") {
    HttpResponse response;
    response.headers = {{"Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"}};
    CHECK(retry_after(response, kNow + 36'500ms) == 1s);
}

TEST_CASE("http_message: everything but unreserved characters is percent-encoded") {
    CHECK(url_encode("Az09-._~") == "Az09-._~");
    CHECK(url_encode("a b/c?d=e&f%+") == "a%20b%2Fc%3Fd%3De%26f%25%2B");
    CHECK(url_encode("\xc3\xbc") == "%C3%BC");
    CHECK(url_encode(std::string_view{"\0\n", 2}) == "%00%0A");
}
