#include "controller/hub/http_answer.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

bool has(const std::string& answer, const std::string& line) {
    return answer.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("http answer: status, length, security headers, body") {
    const std::string answer =
        http_answer({201, "text/plain", {{"ETag", "\"1\""}}, "made"}, true, true);
    CHECK(answer.starts_with("HTTP/1.1 201 Created\r\n"));
    CHECK(has(answer, "Content-Type: text/plain"));
    CHECK(has(answer, "Content-Length: 4"));
    CHECK(has(answer, "ETag: \"1\""));
    CHECK(has(answer, "X-Content-Type-Options: nosniff"));
    CHECK(has(answer, "Cache-Control: no-store"));
    CHECK(has(answer, "Connection: keep-alive"));
    CHECK(answer.ends_with("\r\n\r\nmade"));
}

TEST_CASE("http answer: HEAD tells the length and sends nothing") {
    const std::string answer = http_answer({200, "text/plain", {}, "body"}, false, false);
    CHECK(has(answer, "Content-Length: 4"));
    CHECK(has(answer, "Connection: close"));
    CHECK(answer.ends_with("\r\n\r\n"));
}

TEST_CASE("http answer: 204 and 304 have no body and no length") {
    for (const int status : {204, 304}) {
        const std::string answer = http_answer({status, "text/plain", {}, "x"}, true, true);
        CHECK(answer.find("Content-Length") == std::string::npos);
        CHECK(answer.ends_with("\r\n\r\n"));
    }
}

TEST_CASE("http answer: the API's own value replaces a header of the hub") {
    const std::string answer =
        http_answer({200, "text/css", {{"cache-control", "max-age=60"}}, ""}, true, true);
    CHECK(has(answer, "cache-control: max-age=60"));
    CHECK(answer.find("no-store") == std::string::npos);
}

TEST_CASE("http answer: a line break in a header value starts no header") {
    const std::string answer =
        http_answer({200, "text/plain", {{"Location", "/a\r\nSet-Cookie: x"}}, ""}, true, true);
    CHECK(has(answer, "Location: /aSet-Cookie: x"));
}
