// Who has the event stream open, and what they hear.
#include "controller/api/viewers.h"

#include <algorithm>

#include "tests/unit/api/stage.h"

using namespace understudy;
using api_test::Stage;

namespace {

struct Listening : Stage {
    Listening() {
        api.set_outlet(
            [this](HttpRequestId viewer, std::string_view bytes) { heard[viewer] += bytes; });
    }
    ApiResponse open(HttpRequestId id) {
        ApiRequest asked = request("GET", "/api/v1/stream");
        asked.id = id;
        hand_in(asked);
        REQUIRE(times_answered == 1);
        return *last;
    }
    void note(const Change& change) { api.committed(change); }
    void note(const Input& input) { api.heard(input); }
    // What the first viewer hears next.
    std::string next() {
        now = std::max(now, api.next_deadline());
        api.turn_ends(now);
        return std::exchange(heard, {})[1];
    }
    Server server(const std::string& name) const { return *engine.fleet().server_named(name); }

    std::map<HttpRequestId, std::string> heard;
};

std::string told_of(const std::string& topics) {
    return "event: changed\ndata: {\"topics\":" + topics + "}\n\n";
}

}  // namespace

TEST_CASE("a stream begins with who answers and since when") {
    Listening stage;
    const ApiResponse answer = stage.open(1);
    CHECK(answer.status == 200);
    CHECK(answer.stream);
    CHECK(answer.content_type == "text/event-stream");
    CHECK(answer.body ==
          "event: hello\ndata: {\"started\":\"1970-01-01T00:00:00.000Z\","
          "\"now\":\"2027-01-15T08:00:00.000Z\",\"version\":\"1.2.3\"}\n\n");
    ApiRequest stranger = stage.request("GET", "/api/v1/stream");
    stranger.authorization.clear();
    CHECK(stage.send(stranger).status() == 401);
}

TEST_CASE("what changed is told by topic and name, a thing's pools and domains with it") {
    Listening stage;
    stage.add_domain();
    stage.open(1);
    stage.note(Change{SaveServer{stage.server("web2")}});
    CHECK(stage.next() == told_of(R"({"servers":["web2"],"pools":["web1+web2"]})"));
    stage.note(Change{SavePool{*stage.engine.fleet().pool_named("web1+web2")}});
    CHECK(stage.next() == told_of(R"({"servers":["web1","web2"],"pools":["web1+web2"],)"
                                  R"("domains":["www.example.org"]})"));
    stage.note(Change{SaveProvider{*stage.engine.fleet().providers().front()}});
    stage.note(Change{SaveControls{}});
    stage.note(Change{AppendLog{}});
    stage.note(Change{Enqueue{}});
    CHECK(stage.next() == told_of(R"({"pools":null,"providers":["main"],"controls":null,)"
                                  R"("events":null,"notifications":null})"));
}

TEST_CASE("a link that comes or goes is told although it makes no row; a heartbeat is not") {
    Listening stage;
    stage.add_servers();
    stage.open(1);
    stage.note(Input{AgentLinked{stage.server("web1").id, 1, {}, true, {}}});
    stage.note(Input{AgentSeen{stage.server("web2").id, 1}});
    CHECK(stage.next() == told_of(R"({"servers":["web1"],"pools":null})"));
}

TEST_CASE("what is gone, and more than a hundred, are told as the whole topic") {
    Listening stage;
    stage.add_servers();
    stage.open(1);
    Server gone = stage.server("web1");
    stage.note(Change{SaveServer{gone}});
    REQUIRE(stage.remove("/api/v1/servers/web1").status() == 204);
    CHECK(stage.next() == told_of(R"({"servers":null})"));
    for (int i = 0; i <= static_cast<int>(Topics::kNamed); ++i) {
        gone.id = ServerId{1'000 + i};
        stage.note(Change{SaveServer{gone}});
    }
    stage.note(Change{SaveServer{stage.server("web2")}});
    CHECK(stage.next() == told_of(R"({"servers":null})"));
}

TEST_CASE("what happens within a quarter of a second is told in one") {
    Listening stage;
    stage.add_servers();
    stage.open(1);
    stage.note(Change{AppendLog{}});
    const Instant begun = stage.now;
    CHECK(stage.next() == told_of(R"({"events":null})"));
    CHECK(stage.now == begun + Duration{250});
    stage.note(Change{SaveServer{stage.server("web1")}});
    stage.api.turn_ends(stage.now + Duration{249});
    CHECK(stage.heard.empty());
    stage.note(Change{SaveServer{stage.server("web2")}});
    stage.api.turn_ends(stage.now + Duration{250});
    CHECK(stage.heard[1] == told_of(R"({"servers":["web1","web2"]})"));
}

TEST_CASE("after a while in which nothing happened a line says that the stream is alive") {
    Listening stage;
    stage.open(1);
    const Instant begun = stage.now;
    CHECK(stage.next() == ":\n\n");
    CHECK(stage.now == begun + Duration{15'000});
}

TEST_CASE("nobody listens: nothing is kept and nothing is due") {
    Listening stage;
    stage.note(Change{AppendLog{}});
    CHECK(stage.api.next_deadline() == kNever);
    stage.open(1);
    CHECK(stage.next() == ":\n\n");
    stage.note(Change{AppendLog{}});
    stage.api.give_up(1);
    CHECK(stage.api.next_deadline() == kNever);
    stage.open(2);
    stage.next();
    CHECK(stage.heard[1].empty());
}

TEST_CASE("one caller has so many streams; who hangs up makes room") {
    Listening stage;
    constexpr auto kMost = static_cast<HttpRequestId>(Viewers::kMostOfOneCaller);
    for (HttpRequestId id = 1; id <= kMost; ++id)
        REQUIRE(stage.open(id).status == 200);
    const ApiResponse refused = stage.open(kMost + 1);
    CHECK(refused.status == 429);
    CHECK_FALSE(refused.stream);
    CHECK(refused.body.find("128 event streams open already") != std::string::npos);
    const auto budgets = stage.api.budgets();
    const auto budget =
        std::ranges::find(budgets, std::string_view{"streams_per_caller"}, &Budget::name);
    REQUIRE(budget != budgets.end());
    CHECK(budget->exceeded == 1);
    CHECK(budget->used == kMost);
    stage.api.give_up(7);
    stage.api.give_up(7);
    CHECK(stage.open(kMost + 2).status == 200);
    CHECK(stage.open(kMost + 3).status == 429);
}
