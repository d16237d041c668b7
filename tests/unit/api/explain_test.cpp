#include "tests/unit/api/watched_stage.h"

using namespace understudy;
using api_test::Answer;
using api_test::WatchedStage;
using std::chrono::seconds;

namespace {

bool has_type(json::Value events, std::string_view type) {
    bool found = false;
    events.each([&](json::Value event) { found = found || event["type"].string() == type; });
    return found;
}

}  // namespace

TEST_CASE("a domain that never moved is explained by the present alone") {
    WatchedStage scene;
    const Answer answer = scene.explain();
    REQUIRE(answer.status() == 200);
    CHECK(answer["decision"].is_null());
    CHECK(answer["domain"]["status"].string() == "active");
    CHECK(answer["present"]["evidence"]["members"][std::size_t{0}]["standing"].string() ==
          "healthy");
    CHECK(answer["present"]["restraints"].size() == 0);
    CHECK(answer["record"]["type"].string() == "domain_added");
}

TEST_CASE("the last decision comes with what it was made from and what happened since") {
    WatchedStage scene;
    scene.advance(seconds{10});
    scene.close(scene.web1);
    scene.advance(seconds{31});
    scene.confirm();
    scene.advance(seconds{20});
    scene.link(scene.web1);
    const Answer answer = scene.explain();
    REQUIRE(answer.status() == 200);
    const json::Value decision = answer["decision"];
    CHECK(decision["event"]["type"].string() == "failover_decided");
    CHECK(decision["event"]["to"].string() == "203.0.113.20");
    const json::Value members = decision["evidence"]["members"];
    CHECK(members[std::size_t{0}]["standing"].string() == "down");
    CHECK(members[std::size_t{0}]["health"].string()->starts_with("offline for 30.0 s"));
    CHECK(decision["evidence"]["rule"].string()->starts_with("rule 4"));
    CHECK(decision["evidence"]["policy"]["confirm_s"].integer() == 30);
    CHECK(answer["record"]["type"].string() == "failover_triggered");
    CHECK(has_type(answer["since_then"], "server_up"));
    CHECK_FALSE(has_type(answer["since_then"], "server_down"));
}

TEST_CASE("a moment of the past is explained by what was decided until then") {
    WatchedStage scene;
    scene.advance(seconds{10});
    const std::string before = to_rfc3339(scene.stage.wall);
    scene.close(scene.web1);
    scene.advance(seconds{31});
    scene.confirm();
    const std::string away = to_rfc3339(scene.stage.wall);
    scene.link(scene.web1);
    scene.advance(seconds{61});
    scene.confirm();
    CHECK(scene.explain()["decision"]["event"]["type"].string() == "failback_decided");
    const Answer then = scene.explain("?at=" + away);
    REQUIRE(then.status() == 200);
    CHECK(then["decision"]["event"]["type"].string() == "failover_decided");
    CHECK(then["record"]["type"].string() == "failover_triggered");
    CHECK(then["present"].is_null());
    CHECK(scene.explain("?at=" + before)["decision"].is_null());
}

TEST_CASE("an outage is a decision with evidence, and so is what a guard held") {
    WatchedStage scene;
    scene.close(scene.web2);
    scene.close(scene.web1);
    scene.advance(seconds{31});
    const Answer outage = scene.explain();
    CHECK(outage["decision"]["event"]["type"].string() == "outage_started");
    CHECK(outage["decision"]["evidence"]["rule"].string() == "rule 6: nobody is healthy");
    CHECK(outage["decision"]["evidence"]["members"].size() == 2);
}

TEST_CASE("what people force is part of the story") {
    WatchedStage scene;
    bool answered = false;
    scene.stage.desk.give(own_caller("admin token 'ops'"), PauseAll{{"night", {}}}, {},
                          [&](const Result<OrderDone>& done) { answered = done.ok(); });
    REQUIRE(answered);
    scene.close(scene.web1);
    scene.advance(seconds{40});
    const Answer answer = scene.explain();
    CHECK(answer["decision"].is_null());
    CHECK(answer["present"]["restraints"][std::size_t{0}]["kind"].string() == "pause");
    CHECK(answer["present"]["evidence"]["overrides"].size() == 1);
}

TEST_CASE("another address that a member's agent reports is part of the present and of the story") {
    WatchedStage scene;
    CHECK(scene.explain()["present"]["other_addresses"].size() == 0);
    const auto report = [&](ServerId server, const char* address) {
        scene.step(AddressReported{server, scene.links.at(server), *parse_ipv4(address), {}});
    };
    report(scene.web2, "203.0.113.9");
    const Answer answer = scene.explain();
    const json::Value other = answer["present"]["other_addresses"];
    REQUIRE(other.size() == 1);
    CHECK(other[std::size_t{0}]["server"].string() == "web2");
    CHECK(other[std::size_t{0}]["ipv4"].string() == "203.0.113.9");
    CHECK(other[std::size_t{0}]["state"].string() == "not_dynamic");
    CHECK(other[std::size_t{0}]["sentence"].string() == "not followed: the server is not dynamic");
    const auto counted = [&](const std::string& state) {
        const std::string text = scene.stage.get("/metrics").response.body;
        const std::string name = "understudy_address_candidates{state=\"" + state + "\"} ";
        const auto at = text.find(name);
        REQUIRE(at != std::string::npos);
        return text.substr(at + name.size(), 2);
    };
    CHECK(counted("not_dynamic") == "1\n");
    CHECK(counted("held") == "0\n");
    report(scene.web2, "203.0.113.20");
    CHECK(counted("not_dynamic") == "0\n");
}

TEST_CASE("an explanation is asked for a domain there is and a time that is one") {
    WatchedStage scene;
    CHECK(scene.stage.get("/api/v1/domains/none.example.org/explain").status() == 404);
    CHECK(scene.explain("?at=yesterday").status() == 422);
    CHECK(scene.explain("?when=now").status() == 422);
}
