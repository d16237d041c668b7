// Tokens as the API makes them, and what the log keeps of orders given with them.
#include "tests/unit/api/customers.h"

using namespace understudy;
using api_test::Answer;
using api_test::Customers;

TEST_CASE("nobody makes a token that may do more than his own") {
    Customers all;
    const std::string acme = all.acme("admin");
    const auto make = [&](const std::string& narrow) {
        return all.as(acme, "POST", "/api/v1/tokens", R"({"name":"new",)" + narrow + "}").status();
    };
    CHECK(make(R"("role":"viewer","labels":{"owner":"beta"})") == 409);
    CHECK(make(R"("role":"viewer","pools":["betapool"])") == 422);
    CHECK(make(R"("role":"boss")") == 422);
    CHECK(make(R"("role":"viewer","sources":["203.0.113.7/24"])") == 422);
    CHECK(make(R"("role":"admin","pools":["acmepool"],"for":"1d")") == 201);
    const Answer made = all.as(acme, "GET", "/api/v1/tokens/new");
    CHECK(made["scope"]["labels"]["owner"].string() == "acme");
    const std::string brief =
        all.token("brief", "admin", R"(,"for":"1h","sources":["203.0.113.0/24"])");
    const auto outlive = [&](const std::string& rest) {
        return all
            .as(brief, "POST", "/api/v1/tokens", R"({"name":"later","role":"viewer")" + rest + "}")
            .status();
    };
    CHECK(outlive("") == 409);
    CHECK(outlive(R"(,"for":"2h","sources":["203.0.113.9"])") == 409);
    CHECK(outlive(R"(,"for":"30m")") == 409);
    CHECK(outlive(R"(,"for":"30m","sources":["203.0.0.0/16"])") == 409);
    CHECK(outlive(R"(,"for":"30m","sources":["203.0.113.9"])") == 201);
}

TEST_CASE("there is room for so many tokens, and beyond it is said what to do") {
    Customers all;
    std::size_t made = all.stage.engine.fleet().tokens().size();
    const auto add = [&] {
        return all.stage.post("/api/v1/tokens",
                              R"({"name":"t)" + std::to_string(made) + R"(","role":"guest"})");
    };
    for (; made < kMostTokens; ++made)
        REQUIRE(add().status() == 201);
    const Answer refused = add();
    CHECK(refused.status() == 409);
    CHECK(refused.response.body.find("2000 tokens") != std::string::npos);
    REQUIRE(all.stage.remove("/api/v1/tokens/t" + std::to_string(made - 1)).status() == 204);
    CHECK(add().status() == 201);
}

TEST_CASE("an expired token, a revoked one and one from elsewhere count for nothing") {
    Customers all;
    const std::string brief = all.token("brief", "viewer", R"(,"for":"1h")");
    const std::string gone = all.token("gone", "viewer");
    const std::string bound = all.token("bound", "viewer", R"(,"sources":["198.51.100.0/24"])");
    CHECK(all.as(brief, "GET", "/api/v1/status").status() == 200);
    CHECK(all.as(gone, "GET", "/api/v1/status").status() == 200);
    CHECK(all.as(bound, "GET", "/api/v1/status").status() == 401);
    REQUIRE(all.stage.remove("/api/v1/tokens/gone").status() == 204);
    CHECK(all.as(gone, "GET", "/api/v1/status").status() == 401);
    all.pass(Duration{3'600'000});
    CHECK(all.as(brief, "GET", "/api/v1/status").status() == 401);
    const Answer refused = all.stage.remove("/api/v1/tokens/ops");
    CHECK(refused.status() == 409);
    CHECK(refused.response.body.find("the last by which") != std::string::npos);
}

TEST_CASE("a token's last use is kept, roughly, and its secret nowhere") {
    Customers all;
    const std::string secret = all.token("ci", "viewer");
    CHECK(all.stage.get("/api/v1/tokens/ci").text("last_used") == "(none)");
    (void)all.as(secret, "GET", "/api/v1/status");
    const Answer used = all.stage.get("/api/v1/tokens/ci");
    CHECK(used.text("last_used_from") == "203.0.113.99");
    const std::string first = used.text("last_used");
    all.pass(kUseGrain - Duration{1});
    (void)all.as(secret, "GET", "/api/v1/status");
    CHECK(all.stage.get("/api/v1/tokens/ci").text("last_used") == first);
    all.pass(Duration{1});
    (void)all.as(secret, "GET", "/api/v1/status");
    CHECK(all.stage.get("/api/v1/tokens/ci").text("last_used") != first);
    for (const char* target : {"/api/v1/tokens", "/api/v1/events", "/api/v1/fleet"})
        CHECK(all.stage.get(target).response.body.find(secret.substr(4, 20)) == std::string::npos);
}

TEST_CASE("an order leaves who, from where, the whole of it, and before and after") {
    Customers all;
    const std::string acme = all.acme("operator");
    REQUIRE(all.as(acme, "PUT", "/api/v1/pools/acmepool/hold", R"({"why":"sale"})").status() ==
            200);
    const Answer held = all.stage.get("/api/v1/events?type=pool_held");
    const json::Value line = held["items"][std::size_t{0}];
    CHECK(line["who"].string() == "operator token 'acme-operator'");
    const json::Value audit = line["audit"];
    CHECK(audit["source"].string() == "203.0.113.99");
    CHECK(audit["accessor"].integer() ==
          all.stage.engine.fleet().token_named("acme-operator")->id.value);
    CHECK(audit["order"]["order"].string() == "hold");
    CHECK(audit["order"]["pool"].string() == "acmepool");
    CHECK(audit["order"]["wish"]["why"].string() == "sale");
    CHECK(audit["before"]["hold"].is_null());
    CHECK(audit["after"]["hold"]["by"]["why"].string() == "sale");
    CHECK_FALSE(audit["after"]["name"].exists());
    REQUIRE(all.stage.patch("/api/v1/servers/acmeshield1", R"({"ipv4":"203.0.113.13"})").status() ==
            200);
    const Answer changed = all.stage.get("/api/v1/events?type=server_changed");
    const json::Value moved = changed["items"][std::size_t{0}]["audit"];
    CHECK(moved["before"]["ipv4"].string() == "203.0.113.11");
    CHECK(moved["after"]["ipv4"].string() == "203.0.113.13");
    REQUIRE(all.stage.post("/api/v1/channels/acmehook/test").status() == 202);
    CHECK(all.stage.get("/api/v1/events?type=order_given")["items"].size() == 1);
}

TEST_CASE("no secret, sealed or hashed, is in what the log keeps of orders") {
    Customers all;
    (void)all.token("ci", "viewer");
    REQUIRE(all.stage
                .put("/api/v1/providers/main/credential",
                     R"({"credential":")" + std::string(40, 'm') + "\"}")
                .status() == 200);
    REQUIRE(all.stage.post("/api/v1/servers/acmeshield1/rotate-token").status() == 200);
    const Fleet& fleet = all.stage.engine.fleet();
    const Server& server = *fleet.server_named("acmeshield1");
    const std::string log = all.stage.get("/api/v1/events?limit=1000").response.body;
    for (const std::string& secret :
         {std::string(40, 'm'), std::string(40, 'k'), fleet.token_named("ci")->hash,
          fleet.token_named("ci")->prefix, server.token_hash, server.next_token_hash,
          server.code_hash, fleet.provider_named("main")->sealed_credential}) {
        REQUIRE_FALSE(secret.empty());
        CHECK(log.find(secret) == std::string::npos);
    }
}
