#include "controller/hub/http_problem.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("http problem: a refusal of HTTP itself looks as those of the API do") {
    const ApiResponse problem =
        http_problem(413, invalid("Content-Length", "the body has \"n\" bytes", "send fewer"));
    CHECK(problem.status == 413);
    CHECK(problem.content_type == "application/problem+json");
    CHECK(problem.body ==
          R"({"type":"urn:understudy:problem:too_large","title":"The request is too large",)"
          R"("status":413,"code":"too_large","field":"Content-Length",)"
          R"("detail":"the body has \"n\" bytes","remedy":"send fewer",)"
          R"("errors":[{"field":"Content-Length","message":"the body has \"n\" bytes",)"
          R"("remedy":"send fewer"}]})");
}

TEST_CASE("http problem: every status that the hub answers with has a code of its own") {
    for (const int status : {400, 408, 413, 431, 501, 503, 504, 505}) {
        CAPTURE(status);
        const std::string body = http_problem(status, invalid({}, "no")).body;
        CHECK((body.find("bad_request") != std::string::npos) == (status == 400));
        CHECK(body.find("The controller cannot do this") == std::string::npos);
    }
}

TEST_CASE("http problem: what will be possible again says when") {
    Error error = transient("not now");
    error.retry_after = std::chrono::seconds{7};
    const ApiResponse problem = http_problem(503, error);
    REQUIRE(problem.headers.size() == 1);
    CHECK(problem.headers[0].first == "Retry-After");
    CHECK(problem.headers[0].second == "7");
    CHECK(http_problem(400, invalid({}, "no")).headers.empty());
}
