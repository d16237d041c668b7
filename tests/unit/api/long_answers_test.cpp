// Answers about a whole large fleet: in parts, of several callers in turns, and never too many.
#include "controller/api/long_answers.h"

#include <algorithm>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api::LongAnswers;
using api_test::Answer;
using api_test::Stage;

namespace {

constexpr int kManyPools = 800;

struct LargeStage {
    LargeStage() {
        stage.add_servers();
        stage.link_all();
        for (int i = 0; i < kManyPools; ++i)
            order(AddPool{"pool" + std::to_string(1'000 + i), {"web1", "web2"}, {}});
    }
    void order(OrderAction action) {
        stage.desk.give(own_caller("tester"), std::move(action), {},
                        [](const Result<OrderDone>& done) { REQUIRE(done.ok()); });
    }
    void add_domain(const std::string& name, const char* pool) {
        if (!provider) provider = stage.add_provider();
        AddDomain added;
        added.name = name;
        added.provider = provider;
        added.zone_id = "zone-1";
        added.zone_name = "example.org";
        added.pool.name = pool;
        added.observed = {Stage::addresses("203.0.113.10"), Ttl{300}, false};
        order(added);
    }
    void move(const char* domain, const char* pool) {
        const Fleet& fleet = stage.engine.fleet();
        order(MoveDomains{{fleet.domain_named(domain)->id}, fleet.pool_named(pool)->id, true});
    }
    void remove(const char* pool) { order(RemovePool{stage.engine.fleet().pool_named(pool)->id}); }
    void hand_in(HttpRequestId id, const std::string& target) {
        ApiRequest request = stage.request("GET", target);
        request.id = id;
        stage.api.handle(request, stage.now, stage.wall, [this, id](const ApiResponse& response) {
            answered.emplace_back(id, response.status);
            last = response;
        });
    }
    void go_on() {
        while (stage.api.time_passed(stage.now)) {
        }
    }
    Budget budget() const { return stage.api.budgets().front(); }

    Stage stage;
    ProviderId provider;
    std::vector<std::pair<HttpRequestId, int>> answered;
    ApiResponse last;
};

}  // namespace

TEST_CASE("long answers: a small fleet is answered at once") {
    Stage stage;
    stage.add_domain();
    for (const char* target : {"/api/v1/status", "/metrics", "/api/v1/pools", "/api/v1/servers",
                               "/api/v1/what-if?server=web1", "/api/v1/what-if?all=true"}) {
        CAPTURE(target);
        stage.hand_in(stage.request("GET", target));
        CHECK(stage.times_answered == 1);
        CHECK_FALSE(stage.api.time_passed(stage.now));
    }
}

TEST_CASE("long answers: a large fleet takes several turns, and says of when it is") {
    LargeStage large;
    Stage& stage = large.stage;
    const Answer quiet = stage.get("/api/v1/what-if?server=web1");
    CHECK(stage.turns >= 5);
    CHECK(quiet["pools"].size() == kManyPools);
    CHECK(quiet["changed_meanwhile"].boolean() == false);
    for (const char* target : {"/api/v1/status", "/metrics", "/api/v1/pools"}) {
        CAPTURE(target);
        CHECK(stage.get(target).status() == 200);
        CHECK(stage.turns >= 2);
    }

    stage.hand_in(stage.request("GET", "/api/v1/what-if?server=web1"));
    REQUIRE(stage.api.time_passed(stage.now));
    ++stage.state.fleet_changes;
    large.remove("pool1000");
    large.remove("pool1799");
    while (stage.api.time_passed(stage.now + Duration{1'500})) {
    }
    const Answer changed = stage.finish();
    CHECK(changed["changed_meanwhile"].boolean() == true);
    CHECK(changed.text("at") != changed.text("until"));
    CHECK(changed["pools"].size() == kManyPools - 1);  // the first had been looked at
}

TEST_CASE("long answers: very many incidents are listed in several turns") {
    LargeStage large;
    Stage& stage = large.stage;
    constexpr int kIncidents = 250;
    for (int i = 0; i < kIncidents; ++i) {
        const std::string name = "www" + std::to_string(i) + ".example.org";
        large.add_domain(name, ("pool" + std::to_string(1'000 + i)).c_str());
        const DomainId id = stage.engine.fleet().domain_named(name)->id;
        const RecordState foreign{Stage::addresses("198.51.100.7"), Ttl{300}, false};
        const Decision seen = stage.engine.step(stage.now, RecordObserved{id, 1, foreign, {}});
        REQUIRE(stage.store.commit(seen.changes, stage.wall).ok());
    }
    CHECK(stage.get("/api/v1/incidents")["items"].size() == kIncidents);
    CHECK(stage.turns >= 2);
    CHECK(stage.get("/api/v1/incidents?limit=2")["items"].size() == 2);
    CHECK(stage.turns == 0);
}

TEST_CASE("long answers: a list goes on behind what is removed meanwhile") {
    LargeStage large;
    Stage& stage = large.stage;
    stage.hand_in(stage.request("GET", "/api/v1/pools?limit=790"));
    REQUIRE(stage.times_answered == 0);
    large.remove("pool1700");
    large.go_on();
    const Answer first = stage.finish();
    CHECK(first["items"].size() == 789);
    const Answer second = stage.get("/api/v1/pools?cursor=" + first.text("next"));
    CHECK(second["items"].size() == kManyPools - 790);
    CHECK(second["next"].is_null());
}

TEST_CASE("long answers: domains that move between slices are counted once") {
    LargeStage large;
    Stage& stage = large.stage;
    for (const char* name : {"forth.example.org", "with.example.org"})
        large.add_domain(name, "pool1000");
    large.add_domain("back.example.org", "pool1799");
    stage.hand_in(stage.request("GET", "/api/v1/status"));
    REQUIRE(stage.times_answered == 0);
    for (const char* name : {"forth.example.org", "with.example.org"})
        large.move(name, "pool1799");
    large.move("back.example.org", "pool1000");
    large.go_on();
    const Answer status = stage.finish();
    CHECK(status["domains"]["total"].integer() == 3);
    CHECK(status["domains"]["active"].integer() == 3);
}

TEST_CASE("long answers: status names the pause that it shows, though it came between slices") {
    LargeStage large;
    Stage& stage = large.stage;
    stage.desk.now = stage.now += Duration{600'000};  // no warm-up any more
    stage.desk.step(TimePassed{stage.wall}, {});
    CHECK(stage.get("/api/v1/status")["held"]["held"].boolean() == false);
    stage.hand_in(stage.request("GET", "/api/v1/status"));
    REQUIRE(stage.times_answered == 0);
    large.order(PauseAll{});
    large.go_on();
    const Answer status = stage.finish();
    CHECK_FALSE(status["controls"]["pause"].is_null());
    CHECK(status["held"]["held"].boolean() == true);
    CHECK(status["held"]["restraints"][0]["kind"].string() == "pause");
}

TEST_CASE("long answers: who watches does not wait behind those that look things up") {
    LargeStage large;
    for (HttpRequestId id = 1; id <= LongAnswers::kMost; ++id)
        large.hand_in(id, "/api/v1/pools");
    for (HttpRequestId id = 1'001; id <= 1'000 + LongAnswers::kMostFirst; ++id)
        large.hand_in(id, id % 2 == 0 ? "/metrics" : "/api/v1/status");
    REQUIRE(large.answered.empty());
    large.hand_in(2'000, "/api/v1/status");
    REQUIRE(large.answered.size() == 1);
    CHECK(large.answered.front() == std::pair<HttpRequestId, int>{2'000, 503});
    large.go_on();
    CHECK(large.answered.size() == 1 + LongAnswers::kMost + LongAnswers::kMostFirst);
    const auto watching = [](const auto& each) { return each.first > 1'000; };
    CHECK(std::count_if(large.answered.begin(), large.answered.begin() + 41, watching) == 17);
}

TEST_CASE("long answers: what is soon done does not wait for all that is not") {
    LargeStage large;
    for (HttpRequestId id = 1; id <= 3; ++id)
        large.hand_in(id, "/api/v1/pools");
    large.hand_in(4, "/api/v1/servers");
    large.go_on();
    REQUIRE(large.answered.size() == 4);
    CHECK(large.answered.front() == std::pair<HttpRequestId, int>{4, 200});
}

TEST_CASE("long answers: beyond a bound they are refused, and who has gone gives up his place") {
    LargeStage large;
    for (HttpRequestId id = 1; id <= LongAnswers::kMost; ++id)
        large.hand_in(id, "/api/v1/pools");
    REQUIRE(large.answered.empty());
    CHECK(large.budget().used == LongAnswers::kMost);
    large.hand_in(1'000, "/api/v1/servers");
    REQUIRE(large.answered.size() == 1);
    CHECK(large.answered.front() == std::pair<HttpRequestId, int>{1'000, 503});
    CHECK(large.last.body.find("128") != std::string::npos);
    CHECK(std::ranges::any_of(large.last.headers,
                              [](const auto& each) { return each.first == "Retry-After"; }));
    CHECK(large.budget().exceeded == 1);

    for (HttpRequestId id = 3; id <= LongAnswers::kMost; ++id)
        large.stage.api.give_up(id);
    large.go_on();
    CHECK(large.answered.size() == 3);
    CHECK(large.budget().used == 0);
}
