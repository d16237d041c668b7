#include "controller/runtime/fleet_directory.h"
#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

TEST_CASE("adding a server shows its token once; only the hash is kept") {
    Stage stage;
    const auto added = stage.post(
        "/api/v1/servers", R"({"name":"web1","ipv4":"203.0.113.10","labels":{"region":"eu"}})");
    CHECK(added.status() == 201);
    CHECK(added.header("Location") == "/api/v1/servers/web1");
    CHECK(added.header("Cache-Control") == "no-store");
    const std::string token = added.text("token");
    CHECK(token.starts_with("usa_"));
    const Server* server = stage.engine.fleet().server_named("web1");
    REQUIRE(server != nullptr);
    CHECK(token_matches(token, server->token_hash));
    const auto shown = stage.get("/api/v1/servers/web1");
    CHECK(shown.status() == 200);
    CHECK(shown.response.body.find(token.substr(4)) == std::string::npos);
    CHECK(shown.response.body.find(server->token_hash) == std::string::npos);
    CHECK(shown.text("health") == "unknown");
    CHECK(shown["labels"]["region"].string() == "eu");
    CHECK(shown["last_seen"].is_null());
}

TEST_CASE("a server is found by name or id") {
    Stage stage;
    stage.add_servers();
    const auto id = stage.get("/api/v1/servers/web2")["id"].integer();
    REQUIRE(id.has_value());
    CHECK(stage.get("/api/v1/servers/" + std::to_string(*id)).text("name") == "web2");
    for (const char* key : {"web3", "0", "-1", "99999", "99999999999999999999"}) {
        CAPTURE(key);
        CHECK(stage.get(std::string{"/api/v1/servers/"} + key).status() == 404);
    }
    CHECK(stage.get("/api/v1/servers")["items"].size() == 2);
}

TEST_CASE("a bad server is refused with every reason and nothing is made") {
    Stage stage;
    const auto answer = stage.post("/api/v1/servers",
                                   R"({"name":"Web 1","ipv4":"10.0.0.1","ipv6":"nonsense","x":1})");
    CHECK(answer.status() == 422);
    CHECK(answer["errors"].size() == 4);
    CHECK(answer.errors().find("ipv4: ") != std::string::npos);
    CHECK(stage.engine.fleet().servers().empty());
}

TEST_CASE("private addresses are for those who said so in the configuration") {
    auto settings = Stage::default_settings();
    settings.allow_private_addresses = true;
    Stage stage{settings};
    CHECK(stage.post("/api/v1/servers", R"({"name":"lab","ipv4":"10.0.0.1"})").status() == 201);
}

TEST_CASE("a name or address that is taken is a conflict") {
    Stage stage;
    stage.add_servers();
    CHECK(stage.post("/api/v1/servers", R"({"name":"web1","ipv4":"203.0.113.30"})").status() ==
          409);
    CHECK(stage.post("/api/v1/servers", R"({"name":"web3","ipv4":"203.0.113.10"})").status() ==
          409);
}

TEST_CASE("what was found over IPv6 is shown beside the testimony") {
    Stage stage;
    stage.add_servers();
    CHECK(stage.get("/api/v1/servers/web1")["found_over_ipv6"].size() == 0);
    const Server& server = *stage.engine.fleet().server_named("web1");
    stage.desk.over_ipv6[server.id] = {
        {"auto", Verdict::Dead, "https 443: connection refused", stage.now - Duration{7'000}}};
    const auto answer = stage.get("/api/v1/servers/web1");
    const auto found = answer["found_over_ipv6"][0];
    CHECK(*found["says"].string() == "dead");
    CHECK(*found["found"].string() == "https 443: connection refused");
    CHECK(*found["for_s"].integer() == 7);
    CHECK(answer["testimony"].size() == 0);
}

TEST_CASE("a new token counts beside the old one, or voids it at once") {
    Stage stage;
    const std::string old =
        stage.post("/api/v1/servers", R"({"name":"web1","ipv4":"203.0.113.10"})").text("token");
    CHECK_FALSE(*stage.get("/api/v1/servers/web1")["token_waits"].boolean());
    const auto rotated = stage.post("/api/v1/servers/web1/rotate-token");
    CHECK(rotated.status() == 200);
    const FleetDirectory directory{stage.engine.fleet()};
    CHECK(directory.authenticate(old));
    CHECK(directory.authenticate(rotated.text("token")));
    CHECK(*stage.get("/api/v1/servers/web1")["token_waits"].boolean());
    const auto replaced = stage.post("/api/v1/servers/web1/rotate-token", R"({"at_once":true})");
    CHECK(replaced.status() == 200);
    const ServerId web1 = stage.engine.fleet().server_named("web1")->id;
    CHECK_FALSE(directory.counts(web1, *token_lookup_prefix(old)));
    CHECK(directory.counts(web1, *token_lookup_prefix(replaced.text("token"))));
    CHECK_FALSE(
        directory.counts(ServerId{web1.value + 1}, *token_lookup_prefix(replaced.text("token"))));
    CHECK_FALSE(directory.authenticate(old));
    CHECK_FALSE(directory.authenticate(rotated.text("token")));
    CHECK(directory.authenticate(replaced.text("token")));
    CHECK_FALSE(*stage.get("/api/v1/servers/web1")["token_waits"].boolean());
}

TEST_CASE("a code comes with the certificate that its agent shall see, and where") {
    Stage stage;
    const auto plain = stage.post("/api/v1/servers", R"({"name":"web1","ipv4":"203.0.113.10"})");
    CHECK(plain["enrolment"]["controller"].is_null());
    CHECK(plain["enrolment"]["until"].string() ==
          to_rfc3339(stage.engine.fleet().server_named("web1")->code_until));
    const std::string code{*plain["enrolment"]["code"].string()};
    CHECK(code.find('.') == std::string::npos);
    const FleetDirectory directory{stage.engine.fleet()};
    CHECK(directory.knows_code(code));
    CHECK_FALSE(directory.knows_code(plain.text("token")));

    TlsView tls;
    tls.certificate.emplace().fingerprint = std::string(32, 'a') + std::string(32, 'b');
    stage.state.tls = &tls;
    stage.state.agents_url = "wss://controller.example.org:8443";
    const auto rotated = stage.post("/api/v1/servers/web1/rotate-token");
    CHECK(rotated["enrolment"]["controller"].string() == "wss://controller.example.org:8443");
    const std::string told{*rotated["enrolment"]["code"].string()};
    CHECK(told.ends_with("." + std::string(32, 'a')));
    CHECK(directory.knows_code(told.substr(0, told.find('.'))));
    CHECK_FALSE(directory.knows_code(code));
}

TEST_CASE("a server is removed unless a pool needs it") {
    Stage stage;
    stage.add_domain();
    CHECK(stage.remove("/api/v1/servers/web1").status() == 409);
    CHECK(stage.remove("/api/v1/domains/www.example.org").status() == 204);
    const auto removed = stage.remove("/api/v1/servers/web1");
    CHECK(removed.status() == 204);
    CHECK(removed.response.body.empty());
    CHECK(stage.remove("/api/v1/servers/web1").status() == 404);
}

TEST_CASE("a list may be asked for in pages, and is whole without a limit") {
    Stage stage;
    stage.add_servers();
    REQUIRE(stage.post("/api/v1/servers", R"({"name":"web3","ipv4":"203.0.113.30"})").status() ==
            201);
    const auto first = stage.get("/api/v1/servers?limit=2");
    CHECK(first["items"].size() == 2);
    const auto rest = stage.get("/api/v1/servers?limit=2&cursor=" + first.text("next"));
    REQUIRE(rest["items"].size() == 1);
    CHECK(rest["items"][0]["name"].string() == "web3");
    CHECK(rest["next"].is_null());
    const auto whole = stage.get("/api/v1/servers");
    CHECK(whole["items"].size() == 3);
    CHECK(whole["next"].is_null());
    for (const char* list : {"servers", "pools", "providers", "channels"}) {
        CAPTURE(list);
        const std::string path = std::string{"/api/v1/"} + list;
        CHECK(stage.get(path + "?limit=1").status() == 200);
        CHECK(stage.get(path + "?limit=0").text("field") == "?limit");
        CHECK(stage.get(path + "?cursor=x").text("field") == "?cursor");
        CHECK(stage.get(path + "?search=none-has-this")["items"].size() == 0);
    }
}

TEST_CASE("a list may be searched by a part of the names, page by page") {
    Stage stage;
    stage.add_servers();
    REQUIRE(stage.post("/api/v1/servers", R"({"name":"mail","ipv4":"203.0.113.30"})").status() ==
            201);
    const auto first = stage.get("/api/v1/servers?search=WEB&limit=1");
    REQUIRE(first["items"].size() == 1);
    CHECK(first["items"][0]["name"].string() == "web1");
    const auto rest = stage.get("/api/v1/servers?search=web&cursor=" + first.text("next"));
    REQUIRE(rest["items"].size() == 1);
    CHECK(rest["items"][0]["name"].string() == "web2");
    CHECK(rest["next"].is_null());
    CHECK(stage.get("/api/v1/incidents?search=web").text("field") == "?search");
}
