#include "controller/api/router.h"

#include <set>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

TEST_CASE("a path takes its placeholders, and only whole segments") {
    const auto match = api::match("POST", "/api/v1/domains/www.example.org/adopt");
    REQUIRE(match.route != nullptr);
    CHECK(match.captures == std::vector<std::string>{"www.example.org"});
    for (const char* path : {"/api/v1/domains/", "/api/v1/domains/a/", "/api/v1/domains/a/adopt/b",
                             "/api/v1//domains", "api/v1/domains", "", "/", "/api/v1/domainsx"}) {
        CAPTURE(path);
        CHECK(api::match("GET", path).allowed.empty());
    }
}

TEST_CASE("no two routes answer the same request") {
    std::set<std::pair<std::string, std::string>> seen;
    for (const api::Route& route : api::routes()) {
        CHECK((route.handler != nullptr));
        CHECK(seen.emplace(route.method, route.pattern).second);
    }
}

TEST_CASE("an unknown path is 404; a wrong method is 405 with what works") {
    Stage stage;
    CHECK(stage.get("/api/v1/nothing").status() == 404);
    CHECK(stage.get("/api/v2/servers").status() == 404);
    const auto refused = stage.send(stage.request("PUT", "/api/v1/servers/web1"));
    CHECK(refused.status() == 405);
    CHECK(refused.header("Allow") == "GET, PATCH, DELETE");
    CHECK(stage.send(stage.request("BREW", "/api/v1/servers")).header("Allow") == "GET, POST");
}
