#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct Five : EngineHarness {
    Five() {
        for (const char* number : {"1", "2", "3", "4", "5"}) {
            servers.push_back(
                add_server(std::string{"web"} + number, std::string{"192.0.2."} + number));
            link(servers.back());
        }
        www = add_domain("www.example.org", {servers[0], servers[1]});
        pool = fleet().domain(www)->pool;
    }
    void lose_three() {
        for (const std::size_t i : {std::size_t{0}, std::size_t{2}, std::size_t{3}})
            leave(servers[i]);
    }
    bool serves(std::size_t index) const {
        return fleet().pool(pool)->target == Target{servers[index]};
    }

    std::vector<ServerId> servers;
    DomainId www;
    PoolId pool;
};

}  // namespace

TEST_CASE("controls: nothing is ended or accepted that is not there, nothing forced twice") {
    Five world;
    for (const OrderAction& action :
         {OrderAction{ResumeAll{}}, OrderAction{EndDryRunOfAll{}}, OrderAction{AcceptLosses{}},
          OrderAction{EndDryRun{world.pool}}}) {
        CHECK(world.order(action).error().code == Errc::Conflict);
    }
    REQUIRE(world.order(PauseAll{}).ok());
    CHECK(world.order(PauseAll{}).error().code == Errc::Conflict);
    REQUIRE(world.order(StartDryRunOfAll{}).ok());
    CHECK(world.order(StartDryRunOfAll{}).error().code == Errc::Conflict);
}

TEST_CASE("controls: a paused pool that would move does not let losses be accepted in advance") {
    Five world;
    world.add_channel("ops");
    REQUIRE(world.order(PauseAll{}).ok());
    world.leave(world.servers[0]);
    world.advance(seconds{40});
    REQUIRE(world.times_told(NoticeType::FailoverHeld) == 1);
    CHECK(world.order(AcceptLosses{}).error().code == Errc::Conflict);
    CHECK_FALSE(world.fleet().controls().losses_accepted);
}

TEST_CASE("controls: an accepted loss is acted on, kept over a restart, and over when it is over") {
    Five world;
    world.lose_three();
    world.advance(seconds{60});
    REQUIRE(world.serves(0));
    REQUIRE(world.order(AcceptLosses{{"fire", {}}}).ok());
    CHECK(world.serves(1));
    REQUIRE(world.fleet().controls().losses_accepted);
    CHECK(world.fleet().controls().losses_accepted->why == "fire");
    world.restart();
    world.link(world.servers[1]);
    world.link(world.servers[4]);
    for (int i = 0; i < 3; ++i) {
        world.advance(minutes{1});
        world.seen(world.servers[1]);
        world.seen(world.servers[4]);
    }
    CHECK(world.fleet().controls().losses_accepted);
    CHECK(world.engine().restraints(world.now).empty());
    world.link(world.servers[2]);
    CHECK_FALSE(world.fleet().controls().losses_accepted);
}

TEST_CASE("controls: those on their way back are not believed dead; a person may say they are") {
    Five world;
    world.lose_three();
    world.advance(seconds{60});
    world.link(world.servers[2]);
    CHECK(world.serves(0));
    CHECK(world.engine().restraints(world.now).size() == 1);
    REQUIRE(world.order(AcceptLosses{}).ok());
    CHECK(world.serves(1));
}

TEST_CASE("controls: when the last is back nobody is waited for") {
    Five world;
    world.lose_three();
    world.advance(seconds{60});
    world.link(world.servers[2]);
    world.link(world.servers[3]);
    CHECK_FALSE(world.engine().restraints(world.now).empty());
    world.link(world.servers[0]);
    CHECK(world.engine().restraints(world.now).empty());
}

TEST_CASE("controls: a dry run writes nothing, and what is then true is written at its end") {
    Five world;
    REQUIRE(world.order(StartDryRunOfAll{}).ok());
    world.leave(world.servers[0]);
    world.advance(seconds{40});
    CHECK(world.serves(0));
    CHECK(world.fleet().pool(world.pool)->would == Target{world.servers[1]});
    CHECK(world.fleet().domain(world.www)->record.settled());
    REQUIRE(world.order(EndDryRunOfAll{}).ok());
    CHECK(world.serves(1));
    CHECK_FALSE(world.fleet().domain(world.www)->record.settled());
}

TEST_CASE("controls: a refused order takes back the whole batch") {
    Five world;
    const Decision refused = world.step(OrderBatch{
        {7, "ops"}, {PauseAll{}, HoldPool{world.pool, {}, {}, false}, ResumeAll{}, ResumeAll{}}});
    REQUIRE(refused.replies.size() == 1);
    CHECK_FALSE(refused.replies.front().result.ok());
    CHECK(refused.replies.front().refused.front().order == 3);
    CHECK(refused.changes.empty());
    CHECK_FALSE(world.fleet().pool(world.pool)->hold);
    const Decision done = world.step(
        OrderBatch{{8, "ops"}, {AddPool{"p", {"web1"}, {}}, AddPool{"q", {"web2"}, {}}}});
    REQUIRE(done.replies.front().result.ok());
    CHECK(done.replies.front().result->ids.size() == 2);
}

}  // namespace understudy
