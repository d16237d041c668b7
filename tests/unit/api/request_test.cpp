#include "controller/api/request.h"

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

TEST_CASE("a body must be JSON, said to be JSON, small and flat") {
    Stage stage;
    auto request = stage.request("POST", "/api/v1/servers", "{}");
    request.content_type = "text/plain";
    CHECK(stage.send(request).status() == 415);
    request.content_type = "Application/JSON; charset=utf-8";
    CHECK(stage.send(request).status() == 422);
    request.body = "{\"name\":";
    CHECK(stage.send(request).status() == 400);
    request.body = std::string(100, '[') + std::string(100, ']');
    CHECK(stage.send(request).status() == 400);
    request.body = std::string(api::kBodyLimitBytes + 1, ' ');
    CHECK(stage.send(request).status() == 413);
    request.body = "[]";
    CHECK(stage.send(request).status() == 422);
    CHECK(stage.engine.fleet().servers().empty());
}

TEST_CASE("operations without a body refuse fields") {
    Stage stage;
    stage.add_servers();
    const auto answer = stage.post("/api/v1/servers/web1/rotate-token", R"({"force":true})");
    CHECK(answer.status() == 422);
    CHECK(answer.errors() == "force: there is no such field\n");
    CHECK(stage.post("/api/v1/servers/web1/rotate-token", "{}").status() == 200);
}

TEST_CASE("query parameters are checked like fields") {
    Stage stage;
    const auto answer =
        stage.get("/api/v1/domains?status=broken&limit=0&pool=none&colour=red&limit=2");
    CHECK(answer.status() == 422);
    CHECK(answer["errors"].size() == 5);
    CHECK(stage.get("/api/v1/servers?x=1").status() == 422);
    CHECK(stage.get("/api/v1/events?since=yesterday").errors() ==
          "?since: 'yesterday' is not a time\n");
}
