#include "controller/core/replay.h"

#include "tests/unit/core/engine_harness.h"

using namespace understudy;
using namespace understudy::replay;
using namespace std::chrono_literals;

namespace {

const WallTime kStart{std::chrono::hours{24 * 365}};

// Two servers that serve one domain, both linked long before the beginning.
class Recording {
  public:
    Recording() {
        web1 = harness.add_server("web1", "203.0.113.10");
        web2 = harness.add_server("web2", "203.0.113.20");
        harness.add_domain("www.example.org", {web1, web2});
        pool = harness.fleet().pool_named("web1+web2")->id;
        settings.since = kStart;
        settings.until = kStart + 24h;
        at(-48h, web1, Sight::Linked);
        at(-48h, web2, Sight::Linked);
    }

    Recording& at(Duration when, ServerId server, Sight sight) {
        sightings.push_back({server, sight, kStart + when});
        return *this;
    }
    Policy& policy() { return settings.policies[pool]; }
    Story play() const { return run(snapshot_of(harness.fleet()), sightings, settings); }

    // "+10 s Primary server down: 203.0.113.10 -> 203.0.113.20"
    std::vector<std::string> told() const {
        std::vector<std::string> out;
        for (const Move& move : play().moves) {
            out.push_back("+" + std::to_string((move.at - kStart).count() / 1000) + " s " +
                          move.reason + ": " + move.from + " -> " + move.to);
        }
        return out;
    }

    EngineHarness harness;
    ServerId web1, web2;
    PoolId pool;
    std::vector<Sighting> sightings;
    Settings settings;
};

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("a blip of 20 s switches when it is confirmed after 10 s, not after 30 s") {
    Recording recording;
    recording.at(60s, recording.web1, Sight::Closed).at(80s, recording.web1, Sight::Linked);
    CHECK(recording.told().empty());
    recording.policy().confirm_s = 10s;
    CHECK(recording.told() == Told{"+70 s Primary server down: 203.0.113.10 -> 203.0.113.20",
                                   "+140 s Primary server recovered: 203.0.113.20 -> "
                                   "203.0.113.10"});
}

TEST_CASE("with failback manual nothing goes back by itself") {
    Recording recording;
    recording.at(60s, recording.web1, Sight::Closed).at(600s, recording.web1, Sight::Linked);
    CHECK(recording.told().size() == 2);
    recording.policy().failback = Failback::Manual;
    CHECK(recording.told() == Told{"+90 s Primary server down: 203.0.113.10 -> 203.0.113.20"});
}

TEST_CASE("who is linked counts as seen, however long nothing is recorded") {
    Recording recording;
    recording.settings.until = kStart + 24h * 30;
    const Story story = recording.play();
    CHECK(story.moves.empty());
    CHECK(story.until == recording.settings.until);
    CHECK_FALSE(story.cut);
}

TEST_CASE("a silence began a health timeout before it was noticed") {
    Recording recording;
    recording.at(1h, recording.web1, Sight::Unseen).at(2h, recording.web1, Sight::SeenAgain);
    CHECK(recording.told() == Told{"+3600 s Primary server down: 203.0.113.10 -> 203.0.113.20",
                                   "+7260 s Primary server recovered: 203.0.113.20 -> "
                                   "203.0.113.10"});
    recording.policy().health_timeout_s = 60s;
    CHECK(recording.told().front().starts_with("+3540 s "));
}

TEST_CASE("a failing check counts as down from the moment it was reported") {
    Recording recording;
    recording.at(60s, recording.web1, Sight::Failing).at(600s, recording.web1, Sight::Passing);
    CHECK(recording.told().front().starts_with("+90 s Primary server down"));
    CHECK(recording.told().back().starts_with("+660 s Primary server recovered"));
}

TEST_CASE("a pool whose primary was down at the beginning does not begin at home") {
    Recording recording;
    recording.at(-60s, recording.web1, Sight::Closed).at(600s, recording.web1, Sight::Linked);
    CHECK(recording.told() ==
          Told{"+660 s Primary server recovered: 203.0.113.20 -> 203.0.113.10"});
}

TEST_CASE("a start of the controller takes all links; who does not come back is down") {
    Recording recording;
    recording.at(1h, {}, Sight::ControllerStarted).at(1h + 1s, recording.web2, Sight::Linked);
    CHECK(recording.told() == Told{"+3720 s Primary server down: 203.0.113.10 -> 203.0.113.20"});
}

TEST_CASE("a controller that started just before the beginning still waits for its servers") {
    Recording recording;
    recording.at(-10s, {}, Sight::ControllerStarted);
    recording.at(5s, recording.web1, Sight::Linked).at(5s, recording.web2, Sight::Linked);
    CHECK(recording.told().empty());
}

TEST_CASE("servers that first connect later were not there before") {
    Recording recording;
    recording.sightings.clear();
    recording.at(0s, {}, Sight::ControllerStarted);
    recording.at(1h, recording.web1, Sight::Linked).at(1h, recording.web2, Sight::Linked);
    recording.at(2h, recording.web1, Sight::Closed);
    CHECK(recording.told() == Told{"+7230 s Primary server down: 203.0.113.10 -> 203.0.113.20"});
}

TEST_CASE("what people force at present and how it stands now play no part") {
    Recording recording;
    recording.at(60s, recording.web1, Sight::Closed).at(600s, recording.web1, Sight::Linked);
    const auto before = recording.play().moves;
    REQUIRE(before.size() == 2);
    REQUIRE(recording.harness.order(HoldPool{recording.pool, recording.web2, {}, true}).ok());
    REQUIRE(recording.harness.order(StartMaintenance{recording.web1, {}, true}).ok());
    REQUIRE(recording.harness.order(PauseAll{}).ok());
    CHECK(recording.play().moves == before);
}

TEST_CASE("the same recording gives the same story") {
    Recording recording;
    for (int i = 0; i < 50; ++i) {
        const Duration start = 20min * i;
        recording.at(start, recording.web1, i % 3 == 0 ? Sight::Silent : Sight::Closed);
        recording.at(start + 7s * i, recording.web1, Sight::Linked);
    }
    const Story first = recording.play();
    CHECK_FALSE(first.moves.empty());
    CHECK(recording.play().moves == first.moves);
}

TEST_CASE("the work is bounded, and a story cut short says so") {
    Recording recording;
    recording.settings.most_steps = 100;
    for (int i = 0; i < 200; ++i)
        recording.at(10s * i, recording.web1, i % 2 == 0 ? Sight::Closed : Sight::Linked);
    const Story story = recording.play();
    CHECK(story.cut);
    CHECK(story.until < recording.settings.until);
}

TEST_CASE("differences: not switched, later, earlier, in addition") {
    const PoolId pool{1};
    const auto move = [&](Duration at, bool away) {
        const std::string home = "203.0.113.10";
        const std::string other = "203.0.113.20";
        return Move{kStart + at, pool, away, away ? home : other, away ? other : home, "because"};
    };
    const std::vector<Move> usual = {move(10s, true), move(100s, false), move(1000s, true),
                                     move(2000s, false)};
    const std::vector<Move> other = {move(1020s, true), move(1990s, false)};
    const auto found = compare(usual, other);
    REQUIRE(found.size() == 4);
    CHECK(found[0].how == Differs::NotSwitched);
    CHECK(found[1].how == Differs::NotSwitched);
    CHECK(found[2].how == Differs::Later);
    CHECK(found[2].at == kStart + 1020s);
    CHECK(found[3].how == Differs::Earlier);
    CHECK(compare(usual, usual).empty());
    const auto added = compare({}, other);
    REQUIRE(added.size() == 2);
    CHECK(added[0].how == Differs::Additional);
    CHECK(added[0].move == other[0]);
}
