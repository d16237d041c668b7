#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

namespace {

std::string order(const char* method, const char* path, const char* body = "{}") {
    return std::string{R"({"method":")"} + method + R"(","path":")" + path + R"(","body":)" + body +
           "}";
}

}  // namespace

TEST_CASE("a request is rehearsed as it would be sent, and changes nothing") {
    Stage stage;
    stage.add_domain();
    stage.link_all();
    const auto found = stage.post(
        "/api/v1/rehearse",
        order("POST", "/api/v1/pools/web1+web2/switchover", R"({"to":"web2","why":"disks"})"));
    REQUIRE(found.status() == 200);
    REQUIRE(found["domains"].size() == 1);
    CHECK(found["domains"][std::size_t{0}]["name"].string() == "www.example.org");
    CHECK(found["domains"][std::size_t{0}]["from"].string() == "203.0.113.10");
    CHECK(found["domains"][std::size_t{0}]["to"].string() == "203.0.113.20");
    CHECK(stage.get("/api/v1/pools/web1+web2")["target"]["name"].string() == "web1");
    CHECK(stage.get("/api/v1/events?type=switched_over")["items"].size() == 0);
}

TEST_CASE("what would be refused is refused with the same words") {
    Stage stage;
    stage.add_domain();
    stage.link_all();
    const char* path = "/api/v1/pools/web1+web2/switchover";
    const auto in_earnest = stage.post(path, R"({"to":"web7"})");
    const auto rehearsed = stage.post("/api/v1/rehearse", order("POST", path, R"({"to":"web7"})"));
    CHECK(rehearsed.status() == in_earnest.status());
    CHECK(rehearsed.errors() == in_earnest.errors());
    const auto removal = stage.post("/api/v1/rehearse", order("DELETE", "/api/v1/servers/web1"));
    CHECK(removal.status() == stage.remove("/api/v1/servers/web1").status());
    CHECK(removal.status() == 409);
}

TEST_CASE("things are not made by rehearsing it, and their secrets are not shown") {
    Stage stage;
    const auto found =
        stage.post("/api/v1/rehearse",
                   order("POST", "/api/v1/servers", R"({"name":"web9","ipv4":"203.0.113.90"})"));
    CHECK(found.status() == 200);
    CHECK_FALSE(found["token"].exists());
    CHECK(stage.get("/api/v1/servers/web9").status() == 404);
}

TEST_CASE("a provider is asked, but nothing is taken over") {
    Stage stage;
    stage.add_domain();
    stage.link_all();
    const auto before = stage.desk.provider.asked.size();
    const auto found =
        stage.post("/api/v1/rehearse", order("POST", "/api/v1/domains/www.example.org/adopt"));
    CHECK(stage.desk.provider.asked.size() > before);
    CHECK(found.status() != 404);
    CHECK(stage.get("/api/v1/events?type=adopted")["items"].size() == 0);
}

TEST_CASE("what is read from the store cannot be rehearsed, and nothing is read or made") {
    Stage stage;
    const std::string policy = R"({"since":"1h","policy":{"confirm_s":60}})";
    for (const std::string& asked :
         {order("POST", "/api/v1/backups"), order("DELETE", "/api/v1/backups/0a"),
          order("POST", "/api/v1/replay", policy.c_str())}) {
        CAPTURE(asked);
        const auto refused = stage.post("/api/v1/rehearse", asked);
        CHECK(refused.status() == 501);
        CHECK(refused.text("code") == "not_implemented");
        CHECK(refused.text("detail").find("cannot be rehearsed") != std::string::npos);
    }
    CHECK(stage.archive.readings == 0);
}

TEST_CASE("what gives the engine no order cannot be rehearsed, and is not done") {
    Stage stage;
    REQUIRE(stage
                .post("/api/v1/channels",
                      R"({"name":"hook","kind":"webhook","url":"https://hook.example.org/x"})")
                .status() == 201);
    const auto retry = stage.post("/api/v1/rehearse", order("POST", "/api/v1/channels/hook/retry"));
    CHECK(retry.status() == 501);
    for (const auto& [method, path] :
         std::initializer_list<std::pair<const char*, const char*>>{{"GET", "/api/v1/servers"},
                                                                    {"POST", "/api/v1/nothing"},
                                                                    {"POST", "/api/v1/session"},
                                                                    {"DELETE", "/api/v1/session"},
                                                                    {"POST", "/api/v1/rehearse"}}) {
        const char* const shown = path;
        CAPTURE(shown);
        const auto refused = stage.post("/api/v1/rehearse", order(method, path));
        CHECK(refused.status() == 422);
        CHECK(refused.text("field") == "path");
    }
}
