#include "controller/api/auth.h"

#include <utility>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

TEST_CASE("without a token the answer is 401 and says how") {
    Stage stage;
    auto request = stage.request("GET", "/api/v1/servers");
    request.authorization.clear();
    const auto answer = stage.send(request);
    CHECK(answer.status() == 401);
    CHECK(answer.header("WWW-Authenticate") == "Bearer realm=\"understudy\"");
    CHECK(answer.response.content_type == "application/problem+json");
    CHECK(answer.text("code") == "unauthorized");
}

TEST_CASE("only the right token of an administrator is let in, and none is repeated") {
    Stage stage;
    const std::string good = stage.token.reveal();
    std::string same_prefix = good;
    same_prefix.back() = same_prefix.back() == 'a' ? 'b' : 'a';
    for (const std::string& header : std::vector<std::string>{
             "Basic " + good, good, "Bearer", "Bearer ", "Bearer " + same_prefix,
             "Bearer " + good + "x", "Bearer " + make_token("usk").reveal(),
             std::string(100'000, 'x')}) {
        auto request = stage.request("GET", "/api/v1/servers");
        request.authorization = header;
        const auto answer = stage.send(request);
        CHECK(answer.status() == 401);
        CHECK(answer.response.body.find(good.substr(4, 12)) == std::string::npos);
    }
    for (const char* scheme : {"Bearer ", "bearer ", "BEARER  "}) {
        auto request = stage.request("GET", "/api/v1/servers");
        request.authorization = scheme + good;
        CHECK(stage.send(request).status() == 200);
    }
}

TEST_CASE("health needs no token; metrics need one or this machine") {
    Stage stage;
    auto request = stage.request("GET", "/healthz");
    request.authorization.clear();
    CHECK(stage.send(request).status() == 200);
    request.path = "/readyz";
    CHECK(stage.send(request).status() == 200);
    request.path = "/metrics";
    CHECK(stage.send(request).status() == 401);
    request.peer = "127.0.0.1:1234";
    CHECK(stage.send(request).status() == 200);
    request.path = "/api/v1/status";
    CHECK(stage.send(request).status() == 401);
}

TEST_CASE("loopback is recognised in every spelling and nothing else is") {
    for (const char* peer :
         {"127.0.0.1:1", "127.9.9.9", "[::1]:443", "::1", "[::ffff:127.0.0.1]:80"}) {
        CAPTURE(peer);
        CHECK(api::is_local(peer));
    }
    for (const char* peer : {"", "128.0.0.1:1", "[::2]:1", "127.0.0.1.example.org:1", "localhost:1",
                             "[", "1.127.0.0:1"}) {
        CAPTURE(peer);
        CHECK_FALSE(api::is_local(peer));
    }
}

TEST_CASE("an order carries the name of the token that gave it") {
    Stage stage;
    stage.add_servers();
    REQUIRE_FALSE(stage.desk.orders_by.empty());
    CHECK(stage.desk.orders_by.front() == "admin token 'ops'");
}

TEST_CASE("on this machine the kernel's word stands for a token, and a token goes before it") {
    Stage stage;
    auto request = stage.request("POST", "/api/v1/servers", R"({"name":"w","ipv4":"203.0.113.1"})");
    const std::string good = std::exchange(request.authorization, "");
    request.peer = "local:root";
    request.local = LocalPeer{"root", true};
    CHECK(stage.send(request).status() == 201);
    CHECK(stage.desk.orders_by.back() == "local:root");

    request.local = LocalPeer{"bob", false};
    const auto refused = stage.send(request);
    CHECK(refused.status() == 403);
    CHECK(refused.errors() == ": 'bob' does not administer this controller\n");
    request.path = "/healthz";
    request.method = "GET";
    request.body.clear();
    CHECK(stage.send(request).status() == 200);
    request.path = "/api/v1/status";
    request.authorization = good;
    CHECK(stage.send(request).status() == 200);
    request.local = LocalPeer{"root", true};
    request.authorization = "Bearer wrong";
    CHECK(stage.send(request).status() == 401);
}
