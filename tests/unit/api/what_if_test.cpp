// GET /api/v1/what-if: who is taken as lost, what the answer says, and what is refused.
#include "controller/api/what_if_time.h"
#include "tests/unit/api/watched_stage.h"

using namespace understudy;
using api_test::Answer;
using api_test::WatchedStage;
using std::chrono::seconds;

namespace {

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

Answer ask(WatchedStage& scene, const std::string& query) {
    return scene.stage.get("/api/v1/what-if" + query);
}

AccountMeans cloudflare(int calls_free) {
    AccountMeans means;
    means.can.operation_size = 1000;
    means.can.batch_size = 200;
    means.can.calls_per_window = 1200;
    means.can.window = std::chrono::minutes{5};
    means.calls_free = calls_free;
    return means;
}

}  // namespace

TEST_CASE("what if: a server's loss is told in one sentence, with times and pools") {
    WatchedStage scene;
    scene.stage.desk.means = cloudflare(1200);
    const Answer answer = ask(scene, "?server=web1");
    REQUIRE(answer.status() == 200);
    CHECK(answer.text("sentence") ==
          "If web1 died now: 1 domain would move to web2 in 31.0 s to 1 min 2 s, and resolvers may "
          "hold the old answer for up to 5 min 0 s more.");
    CHECK(answer["obstacles"].size() == 0);
    CHECK(answer["doubted"].is_null());
    CHECK(answer["domains"]["moving"].integer() == 1);
    CHECK(answer["without_standby"][std::size_t{0}].string() == "web1+web2");
    const json::Value time = answer["time"];
    CHECK(time["waiting"]["worst_s"].number() == 30.0);
    CHECK(time["detection"]["worst_s"].number() == 26.0);
    CHECK(time["ttl_s"].number() == 300.0);
    const json::Value writing = answer["writing"][std::size_t{0}];
    CHECK(writing["calls"].integer() == 3);  // read, write, read back
    CHECK(writing["calls_free"].integer() == 1200);
    const json::Value pool = answer["pools"][std::size_t{0}];
    CHECK(pool["outcome"].string() == "moves");
    CHECK(pool["from"].string() == "203.0.113.10, 2001:db8::10");
    CHECK(pool["to"].string() == "203.0.113.20");
    CHECK(pool["standby_left"].integer() == 0);
    CHECK(pool["named"][std::size_t{0}]["name"].string() == "www.example.org");
    CHECK(pool["more"].integer() == 0);
}

TEST_CASE("what if: a pool's loss is that of the servers it publishes now") {
    WatchedStage scene;
    const Answer answer = ask(scene, "?pool=web1%2Bweb2");
    const Answer plain = ask(scene, "?pool=web1+web2");
    REQUIRE((answer.status() == 200 || plain.status() == 200));
    const Answer& found = answer.status() == 200 ? answer : plain;
    CHECK(found["lost"].size() == 1);
    CHECK(found["lost"][std::size_t{0}].string() == "web1");
}

TEST_CASE("what if: all that carry a label are lost together") {
    WatchedStage scene;
    for (const char* name : {"web1", "web2"}) {
        REQUIRE(
            scene.stage
                .patch(std::string{"/api/v1/servers/"} + name, R"({"labels":{"hosting":"acme"}})")
                .status() == 200);
    }
    const Answer answer = ask(scene, "?label=hosting:acme");
    REQUIRE(answer.status() == 200);
    CHECK(answer["lost"].size() == 2);
    CHECK(answer["domains"]["unserved"].integer() == 1);
    CHECK(contains(answer.text("sentence"), "If web1 and web2 died now: 1 domain has no stand-by"));
    CHECK(answer["pools"][std::size_t{0}]["outcome"].string() == "outage");
    CHECK(ask(scene, "?label=hosting=acme").status() == 200);
}

TEST_CASE("what if: each server has a row") {
    WatchedStage scene;
    const Answer answer = ask(scene, "?all=true");
    REQUIRE(answer.status() == 200);
    REQUIRE(answer["servers"].size() == 2);
    const json::Value web1 = answer["servers"][std::size_t{0}];
    CHECK(web1["server"].string() == "web1");
    CHECK(web1["moving"].integer() == 1);
    CHECK(web1["pools_without_standby"].integer() == 1);
    CHECK(web1["why_held"].is_null());
    CHECK(answer["servers"][std::size_t{1}]["pools"].integer() == 0);
}

TEST_CASE("what if: what stands in the way is said") {
    WatchedStage scene;
    scene.stage.desk.means = cloudflare(2);
    Answer answer = ask(scene, "?server=web1");
    REQUIRE(answer["obstacles"].size() == 1);
    CHECK(contains(std::string{*answer["obstacles"][std::size_t{0}].string()},
                   "takes 2 more calls at present, and 3 are needed"));
    CHECK(answer["time"]["writing"]["worst_s"].number() >= 300.0);
    scene.stage.desk.means.reset();
    answer = ask(scene, "?server=web1");
    CHECK(contains(std::string{*answer["obstacles"][std::size_t{0}].string()},
                   "provider verify main"));
    REQUIRE(scene.stage.put("/api/v1/controls/pause", R"({"why":"night"})").status() == 200);
    answer = ask(scene, "?server=web1");
    CHECK(contains(answer.text("sentence"), "1 domain would be held back"));
    CHECK(contains(std::string{*answer["obstacles"][std::size_t{0}].string()}, "night"));
    CHECK(answer["pools"][std::size_t{0}]["held"]["kind"].string() == "pause");
    CHECK(answer["writing"].size() == 0);
    CHECK(contains(
        std::string{*ask(scene, "?all=true")["servers"][std::size_t{0}]["why_held"].string()},
        "night"));
}

TEST_CASE("what if: nothing is touched") {
    WatchedStage scene;
    const Domain before = *scene.stage.engine.fleet().domain_named("www.example.org");
    const Instant deadline = scene.stage.engine.next_deadline();
    for (const char* query : {"?server=web1", "?all=true"})
        CHECK(ask(scene, query).status() == 200);
    CHECK(*scene.stage.engine.fleet().domain_named("www.example.org") == before);
    CHECK(scene.stage.engine.next_deadline() == deadline);
}

TEST_CASE("what if: a refusal names the field, the value and the remedy") {
    WatchedStage scene;
    struct Refused {
        const char* query;
        const char* field;
        const char* part;
    };
    for (const Refused& each : std::initializer_list<Refused>{
             {"", "?server", "nothing is said of what is lost"},
             {"?server=web1&pool=web1", "?server", "two things are said to be lost"},
             {"?server=web9", "?server", "web9"},
             {"?pool=none", "?pool", "none"},
             {"?label=hosting", "?label", "is no label"},
             {"?label=hosting:none", "?label", "no server carries the label"},
             {"?all=yes", "?all", "yes"},
             {"?host=web1", "?host", "there is no such parameter"}}) {
        CAPTURE(each.query);
        const Answer answer = ask(scene, each.query);
        CHECK(answer.status() == 422);
        const std::string errors = answer.errors();
        CAPTURE(errors);
        CHECK(contains(errors, each.field));
        CHECK(contains(errors, each.part));
        CHECK(answer["errors"][std::size_t{0}]["remedy"].is_string());
    }
}

TEST_CASE("what if: calls are counted by zone, operation and batch") {
    using namespace api;
    const auto means = [](ProviderId) { return std::optional{cloudflare(4)}; };
    const std::vector<WhatIfZone> zones{{ProviderId{1}, 1500, 1500, 60}, {ProviderId{1}, 1, 2, 60}};
    const auto writings = writings_of(zones, means);
    REQUIRE(writings.size() == 1);
    CHECK(writings[0].records == 1501);
    CHECK(writings[0].calls == 2 * 2 + 8 + 2 + 1);
    CHECK(writings[0].calls_short() == 11);
    CHECK(writings[0].takes.best == kCall.best * 12);  // the longer zone, call by call
    CHECK(writings[0].takes.worst == kCall.worst * 12 + std::chrono::minutes{5});
}
