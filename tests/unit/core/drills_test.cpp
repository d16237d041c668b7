// What no scenario can say of a drill: inputs at the very moment that a time has come, parts of a
// fleet, rehearsals, and replays over its time.
#include "controller/core/drills.h"

#include <algorithm>

#include "controller/core/engine_view.h"
#include "controller/core/replay.h"
#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

// Five servers, a pool of the first two, and a drill of it that is away.
struct Away : EngineHarness {
    Away() {
        policy.probe.kind = ProbeTarget::Kind::Off;
        for (int i = 1; i <= 5; ++i) {
            const std::string number = std::to_string(i);
            servers.push_back(add_server("web" + number, "192.0.2." + number));
            link(servers.back());
        }
        www = add_domain("www.example.org", {servers[0], servers[1]});
        REQUIRE(order(RunDrill{pool().id, {}, seconds{600}, {}}).ok());
        confirm(www);
        REQUIRE(pool().drill);
    }
    const Pool& pool() const { return *fleet().pool(fleet().domain(www)->pool); }
    const Drill& last() {
        auto rows = store.archive().drills({});
        REQUIRE(rows.ok());
        REQUIRE_FALSE(rows->empty());
        row = rows->front();
        return row;
    }
    // What was written for a record when this is called; its confirmation may come late.
    RecordConfirmed written(DomainId id) const {
        const Publication& record = fleet().domain(id)->record;
        return {id, record.generation, {record.desired, record.desired_ttl, false}};
    }
    // Home again, and away for another one.
    void begin_another() {
        REQUIRE(order(EndDrill{pool().id}).ok());
        for (const DomainId each : fleet().domains_of(pool().id))
            confirm(each);
        REQUIRE_FALSE(pool().drill);
        REQUIRE(order(RunDrill{pool().id, {}, seconds{600}, {}}).ok());
    }
    void beat(seconds length, std::vector<ServerId> who) {
        for (seconds passed{0}; passed < length; passed += seconds{5}) {
            for (const ServerId server : who)
                seen(server);
            advance(seconds{5});
        }
    }

    std::vector<ServerId> servers;
    DomainId www;
    Drill row;
};

// None is away, and one is planned.
struct Scheduled : Away {
    Scheduled() {
        REQUIRE(order(EndDrill{pool().id}).ok());
        confirm(www);
        Policy daily = pool().policy;
        daily.drill_every_days = 1;
        REQUIRE(order(SetPolicy{pool().id, daily}).ok());
        REQUIRE(pool().drill_next > wall());
    }
    // All of them have been heard all the time.
    void jump(WallTime to) {
        now += to - wall();
        for (const ServerId server : servers)
            seen(server);
        pass_time();
    }
};

}  // namespace

TEST_CASE("drills: what is not seen yet as the warm-up ends is unknown, not lost") {
    Away world;
    world.restart();
    CHECK(world.pool().drill->result == DrillResult::Aborted);
    world.link(world.servers[1]);
    world.advance(seconds{119});
    world.seen(world.servers[1]);
    world.now += seconds{1};
    world.link(world.servers[1]);  // before the time that has come
    CHECK(world.pool().drill);
    CHECK(world.pool().target.is_only(world.servers[1]));
    world.pass_time();
    CHECK(world.engine().view(world.now).guards.mass_loss.doubted());
    CHECK(world.pool().drill);  // nothing moves, not even home
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
    for (const ServerId server : world.servers)
        world.link(server);
    CHECK(world.pool().target.is_only(world.servers[0]));
    world.confirm(world.www);
    CHECK_FALSE(world.pool().drill);
    CHECK(world.last().result == DrillResult::Aborted);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
}

TEST_CASE("drills: a primary that comes with the end of the warm-up is seen") {
    Away world;
    world.restart();
    for (std::size_t i = 1; i < 5; ++i)
        world.link(world.servers[i]);
    world.beat(seconds{120} - seconds{5}, {world.servers.begin() + 1, world.servers.end()});
    world.now += seconds{5};
    world.link(world.servers[0]);
    CHECK(world.pool().target.is_only(world.servers[0]));
    world.pass_time();
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
}

TEST_CASE("drills: one that is away is no part of a replay over its time") {
    Away world;
    world.advance(seconds{1});
    std::vector<replay::Sighting> sightings;
    for (const ServerId server : world.servers)
        sightings.push_back({server, Sight::Linked, world.wall() - seconds{600}});
    replay::Settings settings;
    settings.timings = world.timings;
    settings.default_policy = world.policy;
    settings.since = world.wall() - seconds{500};
    settings.until = world.wall();
    Policy often = world.policy;
    often.drill_every_days = 1;
    settings.policies = {{world.pool().id, often}};
    const auto story = replay::run(replay::snapshot_of(world.fleet()), sightings, settings);
    CHECK(story.moves.empty());
}

TEST_CASE("drills: to rehearse its end, or orders over it, changes nothing") {
    Away world;
    const PoolId id = world.pool().id;
    const Pool before = world.pool();
    const auto home = world.engine().rehearse({EndDrill{id}}, world.now);
    CHECK(home.refused.empty());
    REQUIRE(home.domains.size() == 1);
    CHECK(home.domains.front().to == "192.0.2.1");
    for (OrderAction action :
         {OrderAction{HoldPool{id, {}}}, OrderAction{PauseAll{}},
          OrderAction{SwitchPool{id, world.servers[1]}}, OrderAction{RemoveDomain{world.www}},
          OrderAction{StartMaintenance{world.servers[0], {}, true}}})
        CHECK(world.engine().rehearse({std::move(action)}, world.now).refused.empty());
    CHECK(world.pool() == before);
    CHECK(world.engine().rehearse({RunDrill{id, {}}}, world.now).refused.size() == 1);
}

TEST_CASE("drills: an incident of the primary is that of the failover it becomes") {
    Away world;
    const ChannelId channel = world.add_channel("ops");
    world.leave(world.servers[0]);
    world.beat(seconds{40}, {world.servers.begin() + 1, world.servers.end()});
    CHECK_FALSE(world.pool().drill);
    const IncidentId incident = world.fleet().server(world.servers[0])->incident;
    CHECK(incident);
    CHECK(world.pool().incident == incident);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
    for (const Enqueue& told : world.told)
        if (told.channel == channel) CHECK(told.notice.incident == incident);
    world.link(world.servers[0]);
    world.beat(seconds{90}, world.servers);
    world.confirm(world.www);
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
    CHECK(world.fleet().incidents().empty());
}

TEST_CASE("drills: what it wrote on the way out is no news on its way home") {
    Away world;
    world.add_channel("ops");
    world.begin_another();
    const RecordConfirmed out = world.written(world.www);
    REQUIRE(world.order(EndDrill{world.pool().id}).ok());
    world.step(out);
    CHECK(world.pool().drill);
    world.confirm(world.www);
    CHECK_FALSE(world.pool().drill);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
    CHECK(world.times_told(NoticeType::ServerRecovered) == 0);
}

TEST_CASE("drills: what it wrote on the way out is no news after its end either") {
    Away world;
    world.add_channel("ops");
    const DomainId shop =
        world.add_domain("shop.example.org", {world.servers[0], world.servers[1]});
    world.confirm(shop);
    world.begin_another();
    world.confirm(shop);
    const RecordConfirmed out = world.written(world.www);
    REQUIRE(world.order(EndDrill{world.pool().id}).ok());
    const Domain& refused = *world.fleet().domain(shop);
    world.step(RecordRefused{shop, refused.record.generation, rejected("token"), 1});
    CHECK_FALSE(world.pool().drill);
    world.step(out);
    world.confirm(world.www);
    world.advance(seconds{60});
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
    CHECK(world.times_told(NoticeType::ServerRecovered) == 0);
    world.confirm(shop);  // of this it was told that it failed
    world.advance(seconds{60});
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
}

TEST_CASE("drills: a clock that was set back while nobody looked keeps none on its way home") {
    Away world;
    REQUIRE(world.order(EndDrill{world.pool().id}).ok());
    CHECK(world.pool().drill->phase == DrillPhase::Home);
    world.clock_step -= std::chrono::hours{5};
    world.restart();
    for (const ServerId server : world.servers)
        world.link(server);
    world.beat(seconds{601}, world.servers);
    CHECK_FALSE(world.pool().drill);
    CHECK(world.last().ended <= world.wall());
}

TEST_CASE("drills: a good one that is still to come counts from now") {
    Away world;
    world.beat(seconds{601}, world.servers);
    world.confirm(world.www);
    REQUIRE(world.last().result == DrillResult::Passed);
    world.clock_step -= std::chrono::hours{100};
    world.pass_time();
    CHECK(world.pool().last_good_drill == world.wall());
    CHECK(world.pool().last_drill == world.wall());
}

TEST_CASE("drills: a person's moves the schedule only when it passes") {
    Scheduled world;
    const WallTime next = world.pool().drill_next;
    REQUIRE(next > world.wall());
    REQUIRE(world.order(RunDrill{world.pool().id, {}, seconds{600}, {}}).ok());
    world.begin_another();
    CHECK(world.pool().drill_next == next);
    world.confirm(world.www);
    world.beat(seconds{601}, world.servers);
    world.confirm(world.www);
    REQUIRE(world.last().result == DrillResult::Passed);
    CHECK(world.pool().drill_next == world.last().ended + std::chrono::hours{24});
}

TEST_CASE("drills: what comes due in the time of a person's is a day later") {
    Scheduled world;
    world.jump(world.pool().drill_next - seconds{10});
    REQUIRE(world.order(RunDrill{world.pool().id, {}, seconds{600}, {}}).ok());
    world.beat(seconds{20}, world.servers);
    REQUIRE(world.order(EndDrill{world.pool().id}).ok());
    world.confirm(world.www);
    CHECK_FALSE(world.pool().drill);
    CHECK(world.pool().drill_next == world.last().ended + std::chrono::hours{24});
}

TEST_CASE("drills: none begins by itself within an hour of a failover") {
    Scheduled world;
    const WallTime next = world.pool().drill_next;
    world.jump(next - seconds{600});
    world.leave(world.servers[0]);
    world.beat(seconds{40}, {world.servers.begin() + 1, world.servers.end()});
    world.confirm(world.www);
    REQUIRE(world.pool().failed_over());
    world.link(world.servers[0]);
    world.beat(seconds{90}, world.servers);
    world.confirm(world.www);
    REQUIRE_FALSE(world.pool().failed_over());
    world.beat(seconds{600}, world.servers);
    CHECK_FALSE(world.pool().drill);
    CHECK(world.pool().drill_next > next);
    CHECK(std::ranges::count_if(world.lines, [](const LogLine& line) {
              return line.type == EventType::DrillSkipped;
          }) == 1);
}

TEST_CASE("drills: none begins by itself while servers are lost, maybe the first of most") {
    Scheduled world;
    for (const char* number : {"6", "7"}) {
        world.servers.push_back(
            world.add_server("web" + std::string{number}, "192.0.2." + std::string{number}));
        world.link(world.servers.back());
    }
    world.jump(world.pool().drill_next - seconds{5});
    for (const std::size_t lost : {2u, 3u, 4u})
        world.leave(world.servers[lost]);
    const std::vector<ServerId> rest{world.servers[0], world.servers[1], world.servers[5],
                                     world.servers[6]};
    world.beat(seconds{15}, rest);
    CHECK_FALSE(world.pool().drill);
    world.beat(seconds{900}, rest);
    CHECK(world.pool().drill);
}

TEST_CASE("drills: a pool is overdue when the last good one is old, or none of those tried was") {
    Pool pool;
    pool.members = {ServerId{1}, ServerId{2}};
    const WallTime now = WallTime{} + std::chrono::hours{24 * 365};
    CHECK_FALSE(drills::overdue(pool, now));
    pool.policy.drill_every_days = 7;
    CHECK(drills::overdue(pool, now));
    pool.policy.drill_every_days = 0;
    pool.last_drill = now;
    CHECK(drills::overdue(pool, now));
    pool.last_good_drill = now - drills::kGoodFor;
    CHECK_FALSE(drills::overdue(pool, now));
    CHECK(drills::overdue(pool, now + Duration{1}));
    pool.members.pop_back();
    CHECK_FALSE(drills::overdue(pool, now + Duration{1}));
}

}  // namespace understudy
