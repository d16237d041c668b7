#include "tests/unit/api/watched_stage.h"

using namespace understudy;
using api_test::Answer;
using api_test::WatchedStage;
using std::chrono::seconds;

namespace {

// web1 is away for that long, and both stay for a while after.
void blip(WatchedStage& scene, seconds length) {
    scene.advance(seconds{60});
    scene.close(scene.web1);
    scene.advance(length);
    scene.link(scene.web1);
    scene.advance(seconds{90});
}

}  // namespace

TEST_CASE("a more patient policy would not have switched") {
    WatchedStage scene;
    blip(scene, seconds{45});
    const Answer answer = scene.replay(R"({"confirm_s":60})");
    REQUIRE(answer.status() == 200);
    CHECK(answer["usual"].size() == 2);
    CHECK(answer["usual"][std::size_t{0}]["pool"].string() == "web1+web2");
    CHECK(answer["usual"][std::size_t{0}]["type"].string() == "failover");
    CHECK(answer["other"].size() == 0);
    CHECK(answer["differences"].size() == 2);
    CHECK(answer["differences"][std::size_t{0}]["difference"].string() == "not_switched");
    CHECK(*answer["cut"].boolean() == false);
    CHECK(*answer["sightings"].integer() >= 4);
}

TEST_CASE("a hasty policy would have switched in addition, or earlier") {
    WatchedStage scene;
    blip(scene, seconds{20});
    const Answer added = scene.replay(R"({"confirm_s":10})");
    REQUIRE(added.status() == 200);
    CHECK(added["usual"].size() == 0);
    CHECK(added["differences"][std::size_t{0}]["difference"].string() == "additional");
    blip(scene, seconds{45});
    const Answer earlier = scene.replay(R"({"confirm_s":25})");
    const json::Value first = earlier["differences"][std::size_t{0}];
    CHECK(first["difference"].string() == "earlier");
    CHECK(first["by_s"].number() == 5.0);
    CHECK(scene.replay("{}")["differences"].size() == 0);
}

TEST_CASE("a replay that cannot be played is refused whole") {
    WatchedStage scene;
    const Answer none = scene.stage.post("/api/v1/replay", "{}");
    CHECK(none.status() == 422);
    CHECK(none.errors().find("since: ") != std::string::npos);
    CHECK(none.errors().find("policy: ") != std::string::npos);
    const Answer wrong = scene.replay(R"({"confirm_s":-1,"colour":"blue"})");
    CHECK(wrong.status() == 422);
    CHECK(wrong.errors().find("policy.confirm_s") != std::string::npos);
    CHECK(wrong.errors().find("policy.colour") != std::string::npos);
    CHECK(scene.replay(R"({"fallback_ipv6":"2606:4700::1"})").status() == 422);
    const Answer future =
        scene.stage.post("/api/v1/replay", R"({"since":"2999-01-01T00:00:00Z","policy":{}})");
    CHECK(future.errors().find("since: it is in the future") == 0);
}
