#include "controller/core/overrides.h"

#include <functional>

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Forced : EngineHarness {
    Forced() {
        advance(seconds{1});
        link(web1);
        link(web2);
    }
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    DomainId www = add_domain("www.example.org", {web1, web2});
    PoolId pool = fleet().domain(www)->pool;

    Wish until(Duration after) const { return {"test", wall() + after}; }
    // A day with every agent alive, so that only overrides do something.
    void live(Duration by) {
        const Instant end = now + by;
        while (now < end) {
            advance(std::min<Duration>(minutes{1}, end - now));
            seen(web1);
            seen(web2);
        }
    }
};

}  // namespace

TEST_CASE("overrides: each ends at its own time, and not before") {
    struct Row {
        std::function<OrderAction(const Forced&)> order;
        std::function<bool(const Forced&)> lasts;
    };
    const Row rows[] = {
        {[](const Forced& f) {
             return StartMaintenance{f.web2, f.until(hours{2}), false};
         },
         [](const Forced& f) { return f.fleet().server(f.web2)->maintenance.has_value(); }},
        {[](const Forced& f) {
             return HoldPool{f.pool, {}, f.until(hours{2}), false};
         },
         [](const Forced& f) { return f.fleet().pool(f.pool)->hold.has_value(); }},
        {[](const Forced& f) {
             return StartDryRun{f.pool, f.until(hours{2})};
         },
         [](const Forced& f) { return f.fleet().pool(f.pool)->dry_run.has_value(); }},
        {[](const Forced& f) { return PauseAll{f.until(hours{2})}; },
         [](const Forced& f) { return f.fleet().controls().pause.has_value(); }},
        {[](const Forced& f) { return StartDryRunOfAll{f.until(hours{2})}; },
         [](const Forced& f) { return f.fleet().controls().dry_run.has_value(); }},
    };
    for (const Row& row : rows) {
        Forced world;
        REQUIRE(world.order(row.order(world)).ok());
        CHECK(row.lasts(world));
        world.live(hours{2} - Duration{1});
        CHECK(row.lasts(world));
        world.live(Duration{1});
        CHECK_FALSE(row.lasts(world));
        CHECK(world.lines.back().who.empty());
    }
}

TEST_CASE("overrides: of two on one thing the earlier ends first, and the other still ends") {
    Forced world;
    REQUIRE(world.order(HoldPool{world.pool, {}, world.until(hours{3}), false}).ok());
    REQUIRE(world.order(StartDryRun{world.pool, world.until(hours{1})}).ok());
    world.live(hours{1});
    CHECK_FALSE(world.fleet().pool(world.pool)->dry_run);
    CHECK(world.fleet().pool(world.pool)->hold);
    world.live(hours{2});
    CHECK_FALSE(world.fleet().pool(world.pool)->hold);
}

TEST_CASE("overrides: without an end they stay, over restarts") {
    Forced world;
    REQUIRE(world.order(PauseAll{}).ok());
    world.live(hours{50});
    world.restart();
    CHECK(world.fleet().controls().pause);
    CHECK(world.fleet().controls().pause->who == "ops");
}

// Whatever the engine hears in the very instant at which an override ends must not trip over it.
TEST_CASE("overrides: an agent's news in the instant of the end comes before the clock's") {
    for (const bool paused : {true, false}) {
        Forced world;
        const Wish end = world.until(minutes{10});
        if (paused) {
            REQUIRE(world.order(PauseAll{end}).ok());
        } else {
            REQUIRE(world.order(HoldPool{world.pool, {}, end, false}).ok());
        }
        world.leave(world.web1);
        for (int i = 0; i < 9; ++i) {
            world.advance(minutes{1});
            world.seen(world.web2);
        }
        world.advance(minutes{1} - Duration{1});
        world.now += Duration{1};
        world.link(world.web1, false);
        world.advance(seconds{1});
        CHECK(world.fleet().pool(world.pool)->target.has(world.web2));
    }
}

TEST_CASE("overrides: who put it there and since when is kept") {
    Forced world;
    const WallTime then = world.wall();
    REQUIRE(world.order(StartMaintenance{world.web2, {"disk", then + hours{1}}, false}).ok());
    const Override forced = *world.fleet().server(world.web2)->maintenance;
    CHECK(forced == Override{"ops", "disk", then, then + hours{1}});
}

}  // namespace understudy
