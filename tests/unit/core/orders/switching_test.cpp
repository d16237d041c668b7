#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct ThreeMembers : EngineHarness {
    ThreeMembers() {
        policy.confirm_s = seconds{0};
        restart();
        for (int i = 1; i <= 3; ++i) {
            const std::string number = std::to_string(i);
            servers.push_back(add_server("web" + number, "192.0.2." + number));
            link(servers.back());
        }
        www = add_domain("www.example.org", servers);
        pool = fleet().domain(www)->pool;
    }
    const Pool& row() const { return *fleet().pool(pool); }
    bool serves(int number) const {
        return row().target == Target{servers[static_cast<std::size_t>(number - 1)]};
    }
    ServerId web(int number) const { return servers[static_cast<std::size_t>(number - 1)]; }

    std::vector<ServerId> servers;
    DomainId www;
    PoolId pool;
};

}  // namespace

TEST_CASE("switchover: the member stands in the primary's place until a failback") {
    ThreeMembers world;
    REQUIRE(world.order(SwitchPool{world.pool, world.web(2), {}, false}).ok());
    CHECK(world.serves(2));
    CHECK(world.row().home() == world.web(2));
    CHECK(world.order(SwitchPool{world.pool, world.web(2), {}, false}).error().code ==
          Errc::Conflict);
    REQUIRE(world.order(FailbackPool{world.pool}).ok());
    CHECK(world.serves(1));
    CHECK_FALSE(world.row().preferred);
}

TEST_CASE("switchover: to the primary ends an earlier one") {
    ThreeMembers world;
    REQUIRE(world.order(SwitchPool{world.pool, world.web(2), {}, false}).ok());
    REQUIRE(world.order(SwitchPool{world.pool, world.web(1), {}, false}).ok());
    CHECK(world.serves(1));
    CHECK_FALSE(world.row().preferred);
}

TEST_CASE("switchover: the member it was switched to fails over and flaps like a primary") {
    ThreeMembers world;
    REQUIRE(world.order(SwitchPool{world.pool, world.web(3), {}, false}).ok());
    world.leave(world.web(3));
    CHECK(world.serves(1));
    CHECK(world.row().reason == "Switched-to server down");
    CHECK(world.row().failovers.size() == 1);
    CHECK(world.lines.back().type == "failover_decided");
}

TEST_CASE("switchover: forced to a dead member it stays there, pinned") {
    ThreeMembers world;
    world.leave(world.web(2));
    CHECK_FALSE(world.order(SwitchPool{world.pool, world.web(2), {}, false}).ok());
    REQUIRE(world.order(SwitchPool{world.pool, world.web(2), {}, true}).ok());
    CHECK(world.serves(2));
    REQUIRE(world.row().hold);
    CHECK(world.row().hold->pinned == world.web(2));
    world.advance(minutes{30});
    CHECK(world.serves(2));
    REQUIRE(world.order(ReleasePool{world.pool}).ok());
    CHECK_FALSE(world.row().hold);
}

TEST_CASE("failover without a name: the first healthy other member, the primary among them") {
    ThreeMembers world;
    world.leave(world.web(2));
    REQUIRE(world.order(SwitchPool{world.pool, {}, {}, false}).ok());
    CHECK(world.serves(3));
    REQUIRE(world.order(SwitchPool{world.pool, {}, {}, false}).ok());
    CHECK(world.serves(1));
}

TEST_CASE("failback: forced to a dead primary it is pinned there") {
    ThreeMembers world;
    world.leave(world.web(1));
    REQUIRE(world.serves(2));
    CHECK_FALSE(world.order(FailbackPool{world.pool}).ok());
    REQUIRE(world.order(FailbackPool{world.pool, true}).ok());
    CHECK(world.serves(1));
    REQUIRE(world.row().hold);
    CHECK(world.row().hold->pinned == world.web(1));
}

TEST_CASE("hold: nothing moves, not even home, until it is released") {
    ThreeMembers world;
    REQUIRE(world.order(HoldPool{world.pool, {}, {}, false}).ok());
    world.leave(world.web(1));
    world.advance(minutes{1});
    CHECK(world.serves(1));
    CHECK(world.times_told(NoticeType::FailoverHeld) == 0);  // there is no channel
    REQUIRE(world.order(ReleasePool{world.pool}).ok());
    CHECK(world.serves(2));
    CHECK(world.order(ReleasePool{world.pool}).error().code == Errc::Conflict);
}

TEST_CASE("pin: a pinned member that dies is told, though the primary is healthy") {
    ThreeMembers world;
    world.add_channel("ops");
    REQUIRE(world.order(HoldPool{world.pool, world.web(3), {}, false}).ok());
    world.leave(world.web(3));
    world.seen(world.web(1));
    world.advance(minutes{1});
    CHECK(world.serves(3));
    CHECK(world.times_told(NoticeType::FailoverHeld) == 1);
}

TEST_CASE("pin: needs a healthy member of the pool, or force") {
    ThreeMembers world;
    const ServerId stranger = world.add_server("other", "192.0.2.9");
    CHECK(world.order(HoldPool{world.pool, stranger, {}, true}).error().code == Errc::Invalid);
    CHECK(world.order(HoldPool{world.pool, ServerId{9999}, {}, true}).error().code ==
          Errc::NotFound);
    world.leave(world.web(3));
    CHECK(world.order(HoldPool{world.pool, world.web(3), {}, false}).error().code ==
          Errc::Conflict);
    CHECK_FALSE(world.row().hold);
    CHECK(world.order(HoldPool{world.pool, world.web(3), {}, true}).ok());
    CHECK(world.serves(3));
}

TEST_CASE("release: what flapping and budgets counted is forgotten") {
    ThreeMembers world;
    world.leave(world.web(1));
    REQUIRE(world.row().changes.count == 1);
    REQUIRE(world.order(HoldPool{world.pool, {}, {}, false}).ok());
    REQUIRE(world.order(ReleasePool{world.pool}).ok());
    CHECK(world.row().failovers.empty());
    CHECK(world.row().changes.count == 0);
    CHECK(world.fleet().domain(world.www)->record.changes.count == 0);
}

}  // namespace understudy
