#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

struct Pair : EngineHarness {
    Pair() {
        link(web1);
        link(web2);
    }
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    DomainId www = add_domain("www.example.org", {web1, web2});
    PoolId pool = fleet().domain(www)->pool;
    const Target& target() const { return fleet().pool(pool)->target; }
};

}  // namespace

TEST_CASE("maintenance: drains the server in the step of the order") {
    Pair world;
    REQUIRE(world.order(StartMaintenance{world.web1, {}, false}).ok());
    CHECK(world.target() == Target{world.web2});
    CHECK(world.order(StartMaintenance{world.web2, {}, false}).error().code == Errc::Conflict);
    CHECK(world.order(StartMaintenance{world.web2, {}, true}).ok());
    CHECK(world.target() == Target{world.web2});
}

TEST_CASE("maintenance: an alarm kept back is raised at its end") {
    Pair world;
    world.add_channel("ops");
    REQUIRE(world.order(StartMaintenance{world.web1, {}, false}).ok());
    world.leave(world.web1);
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    REQUIRE(world.order(EndMaintenance{world.web1}).ok());
    CHECK(world.times_told(NoticeType::ServerDown) == 1);
    CHECK(world.order(EndMaintenance{world.web1}).error().code == Errc::Conflict);
}

TEST_CASE("maintenance: a down that people know of is followed by its up all the same") {
    Pair world;
    world.add_channel("ops");
    world.leave(world.web1);
    REQUIRE(world.order(StartMaintenance{world.web1, {}, true}).ok());
    world.link(world.web1);
    CHECK(world.times_told(NoticeType::ServerUp) == 1);
}

TEST_CASE("maintenance: of an active_active pool's only answer another healthy member takes over") {
    Pair world;
    Policy policy = world.fleet().pool(world.pool)->policy;
    policy.mode = PoolMode::ActiveActive;
    policy.max_answers = 1;
    REQUIRE(world.order(SetPolicy{world.pool, policy}).ok());
    REQUIRE(world.target() == Target{world.web1});
    REQUIRE(world.order(StartMaintenance{world.web1, {}, false}).ok());
    CHECK(world.target() == Target{world.web2});
}

TEST_CASE("maintenance: given again it takes the new end") {
    Pair world;
    const WallTime now = world.wall();
    REQUIRE(world.order(StartMaintenance{world.web2, {"a", now + seconds{60}}, false}).ok());
    REQUIRE(world.order(StartMaintenance{world.web2, {"b", now + seconds{600}}, false}).ok());
    world.advance(seconds{60});
    CHECK(world.fleet().server(world.web2)->maintenance);
    world.advance(seconds{540});
    CHECK_FALSE(world.fleet().server(world.web2)->maintenance);
}

}  // namespace understudy
