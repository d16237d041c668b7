#include "controller/core/steadiness.h"

#include <doctest/doctest.h>

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct TwoServers : EngineHarness {
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    ChannelId ops = add_channel("ops");

    void come_and_go(int times) {
        for (int i = 0; i < times; ++i) {
            leave(web1);
            now += Duration{2};
            link(web1);
            now += Duration{2};
        }
    }
};

}  // namespace

TEST_CASE("steadiness: a thousand turns are told a few times, and their end once") {
    TwoServers world;
    world.link(world.web1);
    world.link(world.web2);
    world.come_and_go(1'000);
    CHECK(world.times_told(NoticeType::ServerDown) == 5);
    CHECK(world.times_told(NoticeType::ServerUp) == 4);
    CHECK(world.told.back().notice.type == NoticeType::ServerDown);
    CHECK(world.told.back().notice.detail.find("it came and went 5 times within 10 min") == 0);

    world.leave(world.web2);  // another's alarm is as prompt as ever
    CHECK(world.told.back().notice.server == world.web2);

    for (int i = 0; i < 62; ++i) {
        world.advance(seconds{10});
        world.seen(world.web1);
    }
    CHECK(world.times_told(NoticeType::ServerUp) == 5);
    CHECK(world.told.back().notice.type == NoticeType::ServerUp);
    CHECK(world.told.back().notice.detail ==
          "it came and went 995 times more since it was last told");
    world.leave(world.web1);
    CHECK(world.told.back().notice.detail.empty());
}

TEST_CASE("steadiness: the alarm stays while it is restless and ends open") {
    TwoServers world;
    world.link(world.web1);
    world.link(world.web2);
    world.come_and_go(6);
    world.leave(world.web1);
    for (int i = 0; i < 130; ++i) {
        world.advance(seconds{10});
        world.seen(world.web2);
    }
    CHECK(world.fleet().server(world.web1)->alarm == Alarm::Down);
    CHECK(world.times_told(NoticeType::ServerDown) == 5);
    world.link(world.web1);  // it was gone for long: that is no coming and going any more
    CHECK(world.fleet().server(world.web1)->alarm == Alarm::None);
}

TEST_CASE("steadiness: worse is told at once, better is not") {
    TwoServers world;
    world.link(world.web1);
    world.link(world.web2);
    for (int i = 0; i < 8; ++i) {
        world.step(AgentReported{world.web1, world.last_link - 1, false, "tcp: refused"});
        world.step(AgentReported{world.web1, world.last_link - 1, true, {}});
    }
    CHECK(world.fleet().server(world.web1)->alarm == Alarm::Error);
    world.leave(world.web1);
    CHECK(world.fleet().server(world.web1)->alarm == Alarm::Down);
    world.link(world.web1, false);
    CHECK(world.fleet().server(world.web1)->alarm == Alarm::Down);
}

}  // namespace understudy
