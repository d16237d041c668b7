// How notifications leave: in order, one at a time per channel, again and again, and never silently
// lost.
#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("one at a time per channel, in order, with a stable id") {
    World world;
    world.enqueue(501);
    world.enqueue(502);
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_501 try 1");
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 1);
    const auto delivered = changes_of<NotificationDelivered>(world.answer(200));
    REQUIRE(delivered.size() == 1);
    CHECK(delivered[0].id == NotificationId{501});
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_502 try 1");
    world.answer(200);
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    CHECK(world.dispatcher.counters().notifications_delivered == 2);
}

TEST_CASE("a failed try is put off with its error, and what follows waits") {
    World world;
    world.enqueue(501);
    world.enqueue(502);
    world.dispatch();
    const auto deferred = changes_of<NotificationDeferred>(world.answer(503));
    REQUIRE(deferred.size() == 1);
    CHECK(deferred[0].attempts == 1);
    CHECK(deferred[0].error == "HTTP 503");
    CHECK(deferred[0].next_try > world.wall);
    world.dispatch();
    CHECK(world.outbound.submitted.empty());  // 502 does not overtake

    const Instant deadline = world.dispatcher.next_deadline();
    REQUIRE(deadline <= world.now + (deferred[0].next_try - world.wall));
    while (world.outbound.submitted.empty()) {
        REQUIRE(world.dispatcher.next_deadline() > world.now);
        REQUIRE(world.dispatcher.next_deadline() != kNever);
        world.advance(world.dispatcher.next_deadline() - world.now);
        world.dispatch();
    }
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_501 try 2");
    CHECK(world.wall >= deferred[0].next_try);
}

TEST_CASE("a pause is as long as the schedule says, whatever becomes of the wall clock") {
    for (const Duration step : {-std::chrono::hours{3}, std::chrono::hours{3}}) {
        World world;
        world.enqueue(501);
        world.enqueue(502);
        world.dispatch();
        const auto deferred = changes_of<NotificationDeferred>(world.answer(503));
        REQUIRE(deferred.size() == 1);
        const Duration pause = deferred[0].next_try - world.wall;
        world.wall += step;
        world.dispatch();
        CHECK(world.outbound.submitted.empty());
        CHECK(world.dispatcher.next_deadline() == world.now + pause);
        world.advance(pause);
        world.dispatch();
        REQUIRE(world.outbound.submitted.size() == 1);
        CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_501 try 2");
    }
}

TEST_CASE("a row from before a step of the wall clock waits no longer than the schedule says") {
    World world;
    world.enqueue(501);
    world.dispatch();
    const auto deferred = changes_of<NotificationDeferred>(world.answer(503));
    REQUIRE(deferred.size() == 1);
    world.wall -= std::chrono::hours{3};
    RecordingOutbound outbound;
    Dispatcher later{world.store,
                     "test",
                     world.fleet,
                     world.drivers,
                     Outlets{outbound, outbound},
                     Random{7},
                     World::quiet_limits()};
    (void)later.dispatch(world.now, world.wall);
    CHECK(outbound.submitted.empty());
    const Duration most = std::chrono::milliseconds{5'500};
    CHECK(later.next_deadline() <= world.now + most);
    (void)later.dispatch(world.now + most, world.wall + most);
    CHECK(outbound.submitted.size() == 1);
}

TEST_CASE("what was enqueued before the wall clock was set back goes out at once") {
    World world;
    world.wall += std::chrono::hours{3};
    world.enqueue(501);
    world.wall -= std::chrono::hours{3};
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 1);
}

TEST_CASE("a server's ups and downs that waited go out as one, in the last one's name") {
    World world;
    const ServerId server{11};
    world.enqueue(501, NoticeType::ServerDown, server);
    world.dispatch();
    world.enqueue(502, NoticeType::ServerUp, server);  // while the first is on its way
    world.enqueue(503, NoticeType::ServerDown, server);
    world.enqueue(504, NoticeType::ServerDown, ServerId{12});
    world.enqueue(505, NoticeType::ServerUp, server);
    world.dispatch();
    world.answer(200);
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_504 try 1");
    world.answer(200);
    const auto folded = changes_of<NotificationsFolded>(world.dispatch());
    REQUIRE(folded.size() == 1);
    CHECK(folded[0].id == NotificationId{505});
    CHECK(folded[0].earlier == std::vector{NotificationId{502}, NotificationId{503}});
    CHECK(world.outbound.submitted.empty());
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_505 try 1");
    world.answer(200);
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    CHECK(world.dispatcher.counters().notifications_folded == 2);
}

TEST_CASE("Retry-After is obeyed when it is longer") {
    World world;
    world.enqueue(501);
    world.dispatch();
    const auto deferred =
        changes_of<NotificationDeferred>(world.answer(429, {{"Retry-After", "7200"}}));
    REQUIRE(deferred.size() == 1);
    CHECK(deferred[0].next_try == world.wall + std::chrono::hours{2});
}

TEST_CASE("what keeps failing ends as a dead letter, and the next one goes") {
    World world;
    world.enqueue(501);
    world.enqueue(502);
    world.dispatch();
    std::vector<NotificationDead> dead;
    for (int attempt = 0; attempt < 100 && dead.empty(); ++attempt) {
        dead = changes_of<NotificationDead>(world.answer(503));
        world.advance(std::chrono::hours{24 * 3});
        world.dispatch();
    }
    REQUIRE(dead.size() == 1);
    CHECK(dead[0].id == NotificationId{501});
    CHECK(dead[0].attempts > 3);
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_502 try 1");
}

TEST_CASE("a refusal for good is dead at once; a receiver that is gone disables the channel") {
    World world;
    world.enqueue(501);
    world.dispatch();
    const auto refused = world.answer(400);
    CHECK(changes_of<NotificationDead>(refused).size() == 1);
    CHECK(inputs_of<Order>(refused).empty());

    world.enqueue(502);
    world.dispatch();
    const auto gone = world.answer(410);
    CHECK(changes_of<NotificationDead>(gone).size() == 1);
    const auto orders = inputs_of<Order>(gone);
    REQUIRE(orders.size() == 1);
    const auto* order = std::get_if<DisableChannel>(&orders[0].action);
    REQUIRE(order != nullptr);
    CHECK(order->channel == ChannelId{31});
    CHECK(order->reason == "gone");
}

TEST_CASE("a channel whose secrets cannot be opened keeps its messages") {
    World world;
    world.drivers.broken = Error{Errc::Corrupt, "cannot be opened", {}, {}, {}};
    world.enqueue(501);
    const auto deferred = changes_of<NotificationDeferred>(world.dispatch());
    REQUIRE(deferred.size() == 1);
    CHECK(deferred[0].error == "cannot be opened");
}

TEST_CASE("notifications go out while records keep failing") {
    World world;
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    world.answer(429, {{"Retry-After", "300"}});
    world.enqueue(501);
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_501 try 1");
}

TEST_CASE("notifications leave by a way of their own") {
    World world;
    RecordingOutbound notifications;
    Dispatcher apart{world.store,
                     "mine",
                     world.fleet,
                     world.drivers,
                     Outlets{world.outbound, notifications},
                     Random{7},
                     World::quiet_limits()};
    world.enqueue(501);
    apart.dispatch(world.now, world.wall);
    CHECK(world.outbound.submitted.empty());
    REQUIRE(notifications.submitted.size() == 1);
    CHECK(notifications.submitted[0].http().url == "deliver msg_mine_501 try 1");
}

TEST_CASE("what half have goes to the other half later, and holds up nothing meanwhile") {
    World world;
    world.enqueue(501);
    world.enqueue(502);
    world.dispatch();
    const auto deferred = changes_of<NotificationDeferred>(world.answer(207));
    REQUIRE(deferred.size() == 1);
    CHECK(deferred[0].served == "half");
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_502 try 1");
    world.answer(200);
    world.advance(deferred[0].next_try - world.wall);
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_501 try 2 but for half");
    const auto delivered = changes_of<NotificationDelivered>(world.answer(400));
    REQUIRE(delivered.size() == 1);
    CHECK(delivered[0].note == "refused");
}

TEST_CASE("who has a message that is given up is remembered for a person's retry") {
    World world;
    world.enqueue(501);
    world.dispatch();
    DispatcherOutput output;
    for (int attempt = 0; attempt < 100; ++attempt) {
        output = world.answer(attempt == 0 ? 503 : 207);
        if (!changes_of<NotificationDead>(output).empty()) break;
        world.advance(std::chrono::hours{24 * 3});
        world.dispatch();
    }
    REQUIRE(changes_of<NotificationDead>(output).size() == 1);
    world.commit({NotificationRetried{NotificationId{501}}});
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "deliver msg_test_501 try 1 but for half");
}
