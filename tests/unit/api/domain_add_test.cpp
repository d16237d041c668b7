#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Outcome;
using api_test::Stage;

namespace {

constexpr const char* kWww = R"({"name":"WWW.Example.org.","servers":["web1","web2"]})";

struct DomainStage : Stage {
    ProviderId provider;
    DomainStage() {
        add_servers();
        provider = add_provider();
        holds("203.0.113.10");
    }
    void holds(const std::string& text) {
        desk.answers.insert_or_assign(provider,
                                      Outcome{location_of("www.example.org", addresses(text))});
    }
};

}  // namespace

TEST_CASE("a domain is located, checked and added under its canonical name") {
    DomainStage stage;
    const auto added = stage.post("/api/v1/domains", kWww);
    CHECK(added.status() == 201);
    CHECK(stage.desk.provider.asked == std::vector<std::string>{"locate www.example.org"});
    CHECK(added.header("Location") == "/api/v1/domains/www.example.org");
    const json::Value domain = added["domain"];
    CHECK(domain["name"].string() == "www.example.org");
    CHECK(domain["zone"].string() == "example.org");
    CHECK(domain["normal_ttl_s"].integer() == 300);
    CHECK(domain["ipv6"].boolean() == false);
    CHECK(domain["record"]["confirmed"]["addresses"].text() == R"(["203.0.113.10"])");
    CHECK(added["warnings"].size() == 0);
}

TEST_CASE("the answer waits for the provider") {
    DomainStage stage;
    stage.desk.hold_answers = true;
    stage.begin(stage.request("POST", "/api/v1/domains", kWww));
    CHECK(stage.times_answered == 0);
    stage.desk.release();
    CHECK(stage.finish().status() == 201);
}

TEST_CASE("adding the same domain again is the same answer; adding it differently is a conflict") {
    DomainStage stage;
    REQUIRE(stage.post("/api/v1/domains", kWww).status() == 201);
    const auto again = stage.post("/api/v1/domains", kWww);
    CHECK(again.status() == 200);
    CHECK(again["domain"]["name"].string() == "www.example.org");
    CHECK(stage.post("/api/v1/domains", R"({"name":"www.example.org","servers":["web2","web1"]})")
              .status() == 409);
    CHECK(stage.engine.fleet().domains().size() == 1);
}

TEST_CASE("a name with AAAA records moves both families, and cannot be told not to") {
    DomainStage stage;
    stage.holds("203.0.113.10, 2001:db8::10");
    const auto refused = stage.post(
        "/api/v1/domains", R"({"name":"www.example.org","servers":["web1"],"ipv6":false})");
    CHECK(refused.status() == 409);
    CHECK(refused.text("field") == "ipv6");
    CHECK(refused.text("detail").find("dead server") != std::string::npos);
    const auto added =
        stage.post("/api/v1/domains", R"({"name":"www.example.org","servers":["web1"]})");
    CHECK(added.status() == 201);
    CHECK(added["domain"]["ipv6"].boolean() == true);
}

TEST_CASE("a record that holds something else is refused unless enforced") {
    DomainStage stage;
    stage.holds("198.51.100.7");
    CHECK(stage.post("/api/v1/domains", kWww).status() == 409);
    CHECK(stage.engine.fleet().domains().empty());
    const auto forced = stage.post(
        "/api/v1/domains", R"({"name":"www.example.org","servers":["web1"],"enforce":true})");
    CHECK(forced.status() == 201);
    CHECK(forced["domain"]["record"]["desired"]["addresses"].text() == R"(["203.0.113.10"])");
}

TEST_CASE("a missing record is made by enforce; where it could be proxied that has to be said") {
    DomainStage stage;
    const auto add = [&stage](const std::string& more) {
        return stage.post("/api/v1/domains",
                          R"({"name":"www.example.org","servers":["web1"])" + more + "}");
    };
    Location nowhere = Stage::location_of("www.example.org", {});
    nowhere.reading.exists = false;
    stage.desk.answers.insert_or_assign(stage.provider, Outcome{nowhere});
    CHECK(add("").status() == 409);
    CHECK(add(R"(,"enforce":true,"proxied":true)").text("field") == "proxied");
    stage.desk.provider.proxying = true;
    const auto unsaid = add(R"(,"enforce":true)");
    CHECK(unsaid.status() == 422);
    CHECK(unsaid.text("field") == "proxied");
    CHECK(stage.engine.fleet().domains().empty());
    const auto made = add(R"(,"enforce":true,"proxied":true)");
    CHECK(made.status() == 201);
    const Domain& domain = *stage.engine.fleet().domain_named("www.example.org");
    CHECK(domain.proxied);
    CHECK(domain.normal_ttl == Ttl{300});
    CHECK_FALSE(domain.record.settled());
    CHECK(domain.record.confirmed.empty());
    CHECK(stage.get("/api/v1/events?type=domain_added")["items"][0]["to"].is_null());
}

TEST_CASE("without a provider named, the one with the zone is taken; two are ambiguous") {
    DomainStage stage;
    const ProviderId other = stage.add_provider("other");
    stage.desk.answers.insert_or_assign(other, not_found("no zone for www.example.org"));
    CHECK(stage.post("/api/v1/domains", kWww).status() == 201);
    REQUIRE(stage.remove("/api/v1/domains/www.example.org").status() == 204);

    stage.desk.answers.insert_or_assign(other, stage.desk.answers.at(stage.provider));
    const auto ambiguous = stage.post("/api/v1/domains", kWww);
    CHECK(ambiguous.status() == 409);
    CHECK(ambiguous.text("field") == "provider");
    CHECK(ambiguous.text("remedy") == "say which: main, other");
    CHECK(stage
              .post("/api/v1/domains",
                    R"({"name":"www.example.org","servers":["web1"],"provider":"other"})")
              .status() == 201);
}

TEST_CASE("a provider that cannot be asked is not passed over in favour of another") {
    DomainStage stage;
    const ProviderId other = stage.add_provider("other");
    stage.desk.answers.insert_or_assign(other, transient("no answer"));
    const auto answer = stage.post("/api/v1/domains", kWww);
    CHECK(answer.status() == 503);
    CHECK_FALSE(answer.header("Retry-After").empty());
    CHECK(stage.engine.fleet().domains().empty());
}

TEST_CASE("what the provider refuses is told as its answer") {
    DomainStage stage;
    stage.desk.answers.insert_or_assign(stage.provider,
                                        not_found("no zone", "check the token's zones"));
    CHECK(stage.post("/api/v1/domains", kWww).status() == 422);
    stage.desk.answers.insert_or_assign(stage.provider, rejected("the token is not valid"));
    CHECK(stage.post("/api/v1/domains", kWww).status() == 502);
    stage.desk.answers.insert_or_assign(stage.provider, conflict("'www.example.org' is a CNAME"));
    CHECK(stage.post("/api/v1/domains", kWww).text("detail") == "'www.example.org' is a CNAME");
}

TEST_CASE("the policy is filled up from the default; presets are words") {
    DomainStage stage;
    REQUIRE(stage
                .post("/api/v1/domains", R"({"name":"www.example.org","servers":["web1","web2"],
        "policy":{"failback":"manual","failback_after_s":"hypervisor","confirm_s":10}})")
                .status() == 201);
    const auto pool = stage.get("/api/v1/pools/web1+web2");
    CHECK(pool["policy"]["failback"].string() == "manual");
    CHECK(pool["policy"]["failback_after_s"].integer() == 600);
    CHECK(pool["policy"]["confirm_s"].integer() == 10);
    CHECK(pool["policy"]["health_timeout_s"].integer() == 120);
}

TEST_CASE("every wrong thing of a domain is named before any provider is asked") {
    DomainStage stage;
    const auto answer =
        stage.post("/api/v1/domains", R"({"name":"not a name","servers":["web1","web9","web1"],
        "pool":"p","provider":"p","ipv6":"yes","policy":{"failback":"maybe","confirm_s":-1,
        "fallback_ipv4":"x","y":1}})");
    CHECK(answer.status() == 422);
    for (const char* field :
         {"name: ", "servers[1]: ", "servers[2]: ", "servers: ", "pool: ", "provider: ", "ipv6: ",
          "policy.failback: ", "policy.confirm_s: ", "policy.fallback_ipv4: ", "policy.y: "}) {
        CAPTURE(field);
        CHECK(answer.errors().find(field) != std::string::npos);
    }
    CHECK(stage.desk.provider.asked.empty());
}

TEST_CASE("a domain joins an existing pool by name, without a policy of its own") {
    DomainStage stage;
    REQUIRE(stage.post("/api/v1/domains", kWww).status() == 201);
    stage.desk.answers.insert_or_assign(
        stage.provider,
        Outcome{Stage::location_of("api.example.org", Stage::addresses("203.0.113.10"))});
    CHECK(
        stage
            .post("/api/v1/domains", R"({"name":"api.example.org","pool":"web1+web2","policy":{}})")
            .errors() == "policy: an existing pool has its policy already\n");
    CHECK(stage.post("/api/v1/domains", R"({"name":"api.example.org","pool":"web1+web2"})")
              .status() == 201);
    CHECK(stage.get("/api/v1/pools/web1+web2")["domains"].integer() == 2);
}

TEST_CASE("without any provider the remedy is to register one") {
    Stage stage;
    stage.add_servers();
    const auto answer = stage.post("/api/v1/domains", kWww);
    CHECK(answer.status() == 422);
    CHECK(answer.text("field") == "provider");
}
