#include "controller/core/engine.h"

#include "controller/core/restraints.h"
#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

struct OnePool : EngineHarness {
    explicit OnePool(const Policy& wanted) {
        policy = wanted;
        restart();
        web1 = add_server("web1", "192.0.2.1");
        web2 = add_server("web2", "192.0.2.2");
        www = add_domain("www.example.org", {web1, web2});
        add_channel("ops");
        link(web1);
        link(web2);
    }
    const Pool& pool() { return *fleet().pool(fleet().domain(www)->pool); }

    ServerId web1, web2;
    DomainId www;
};

Policy quick() {
    Policy policy;
    policy.confirm_s = seconds{0};
    return policy;
}

// Time passes; those named so beat every 10 s.
void beat(OnePool& world, Duration span, bool web1, bool web2) {
    for (Duration spent{0}; spent < span; spent += seconds{10}) {
        world.advance(seconds{10});
        if (web1) world.seen(world.web1);
        if (web2) world.seen(world.web2);
    }
}

TEST_CASE("engine: what is heard at the end of a pause, before its deadline has run") {
    OnePool fleet{quick()};
    REQUIRE(fleet.order(PauseAll{Wish{"because", fleet.wall() + seconds{20}}}).ok());
    fleet.leave(fleet.web1);
    fleet.now += seconds{20};
    fleet.leave(fleet.web2, Departure::Restart);
    fleet.link(fleet.web2);
    CHECK(fleet.pool().target == Target{fleet.web1});
    fleet.advance(seconds{1});
    CHECK(fleet.pool().target == Target{fleet.web2});
}

}  // namespace

TEST_CASE("engine: the first step says that the controller started, and checks every record") {
    EngineHarness world;
    REQUIRE(world.lines.size() == 1);
    CHECK(world.lines.front().type == "controller_started");
    Engine engine{{}, {}, {}, world.now, world.wall()};
    CHECK(engine.step(world.now, TimePassed{world.wall()}).check_records);
    CHECK_FALSE(engine.step(world.now, TimePassed{world.wall()}).check_records);
}

TEST_CASE("engine: events about servers nobody registered are nothing") {
    EngineHarness world;
    for (const ServerId server : {ServerId{0}, ServerId{-1}, ServerId{77}}) {
        world.step(AgentLeft{server, 1, Departure::Closed, ""});
        world.step(AgentSeen{server, 1});
        world.step(AgentReported{server, 1, false, "x"});
        world.step(AgentLinked{server, 1, "", true, ""});
        world.step(CertificateSeen{server, {DomainId{5}}, {"2027-01-01T00:00:00Z", {}, {}, {}}});
    }
    CHECK(world.lines.size() == 1);
    CHECK(world.told.empty());
}

TEST_CASE("engine: a heartbeat costs no row") {
    OnePool world{quick()};
    CHECK(world.step(AgentSeen{world.web1, 1}).changes.empty());
}

TEST_CASE("engine: a link that flaps with a failing check is down all the while") {
    Policy policy;
    policy.confirm_s = seconds{30};
    OnePool world{policy};
    world.leave(world.web1);
    for (int i = 0; i < 3; ++i) {
        world.advance(seconds{5});
        world.link(world.web1, false);
        world.seen(world.web2);
        world.advance(seconds{5});
        world.leave(world.web1);
    }
    CHECK(world.pool().failed_over());
}

TEST_CASE("engine: a pool with a health timeout of its own sees its server's return at once") {
    Policy strict = quick();
    strict.health_timeout_s = seconds{40};
    OnePool world{quick()};
    AddDomain add = world.domain_order("strict.example.org", {world.web1, world.web2});
    add.pool.policy = strict;
    const DomainId id{world.order(add)->id};
    const auto strict_pool = [&] { return world.fleet().pool(world.fleet().domain(id)->pool); };
    const auto run = [&] {
        world.link(world.web1);
        world.link(world.web2);
        beat(world, seconds{60}, false, true);
        CHECK(strict_pool()->failed_over());
        CHECK_FALSE(world.pool().failed_over());
        world.seen(world.web1);
        CHECK(strict_pool()->failed_over());  // it was gone: its 60 s begin now
        beat(world, seconds{50}, true, true);
        CHECK(strict_pool()->failed_over());
        beat(world, seconds{10}, true, true);
        CHECK_FALSE(strict_pool()->failed_over());
    };
    run();
    world.now += std::chrono::hours{2};  // the first failover is no longer flapping's
    world.restart();
    run();
}

TEST_CASE("engine: outage, outage page and failover are one incident") {
    Policy policy = quick();
    policy.health_timeout_s = seconds{40};
    policy.fallback_ipv4 = parse_ipv4("203.0.113.1");
    OnePool world{Policy{}};
    AddDomain add = world.domain_order("strict.example.org", {world.web1, world.web2});
    add.pool.policy = policy;
    const DomainId id{world.order(add)->id};
    world.leave(world.web2);
    world.advance(seconds{41});  // too long for this pool, not yet for an alarm
    const Pool& pool = *world.fleet().pool(world.fleet().domain(id)->pool);
    REQUIRE(pool.outage);
    REQUIRE(pool.target.is_fallback());
    REQUIRE(world.told.back().notice.type == NoticeType::OutageStarted);
    CHECK(world.told.back().notice.incident == pool.incident);
}

TEST_CASE("engine: an outage without a page ends, and is told so, at the first member back") {
    OnePool world{quick()};
    world.leave(world.web2);
    world.leave(world.web1);
    CHECK(world.pool().outage);
    CHECK(world.times_told(NoticeType::OutageStarted) == 1);
    CHECK(world.fleet().domain(world.www)->record.generation == 1);
    world.restart();
    world.advance(seconds{200});
    CHECK(world.times_told(NoticeType::OutageStarted) == 1);
    world.link(world.web2);
    CHECK_FALSE(world.pool().outage);
    CHECK(world.times_told(NoticeType::OutageResolved) == 1);
    CHECK(world.pool().target == Target{world.web2});
    world.confirm(world.www);
    world.link(world.web1);
    beat(world, seconds{60}, true, true);
    CHECK(world.pool().target == Target{world.web1});
}

TEST_CASE("engine: nothing moves during a stall's grace, and what is due moves after it") {
    OnePool world{quick()};
    world.step(Stalled{seconds{20}});
    world.leave(world.web1);
    world.advance(seconds{29});
    CHECK_FALSE(world.pool().failed_over());
    CHECK_FALSE(world.engine().restraints(world.now).empty());
    world.advance(seconds{1});
    CHECK(world.pool().failed_over());
    CHECK(world.engine().restraints(world.now).empty());
}

TEST_CASE("engine: a witness vouches for losses seen before it was asked, and for no later one") {
    OnePool world{quick()};
    world.timings.guards.witnesses = true;
    world.restart();
    world.link(world.web1);
    world.link(world.web2);
    world.advance(seconds{1});
    const auto left = AgentLeft{world.web1, world.last_link - 1, Departure::Closed, ""};
    CHECK(world.step(left).ask_witnesses);
    CHECK_FALSE(world.pool().failed_over());
    world.now += seconds{2};
    world.step(WitnessesAnswered{2, 1, seconds{3}});  // asked a second before the loss
    CHECK_FALSE(world.pool().failed_over());
    world.step(WitnessesAnswered{2, 0, seconds{1}});
    CHECK_FALSE(world.pool().failed_over());
    world.step(WitnessesAnswered{2, 1, seconds{2}});  // asked when it was seen
    CHECK(world.pool().failed_over());
}

TEST_CASE("engine: after a restart a dead primary is not believed before the warm-up is over") {
    OnePool world{quick()};
    world.restart();
    world.link(world.web2);
    world.advance(seconds{119});
    CHECK_FALSE(world.pool().failed_over());
    world.seen(world.web2);
    world.advance(seconds{1});
    CHECK(world.pool().failed_over());
}

// Input is handled before the time that has come, be it late or not.
void at_the_end_of_the_warm_up(Duration late) {
    EngineHarness world;
    std::vector<ServerId> servers;
    for (int i = 1; i <= 5; ++i) {
        const std::string number = std::to_string(i);
        servers.push_back(world.add_server("web" + number, "192.0.2." + number));
        world.link(servers.back());
    }
    const DomainId www = world.add_domain("www.example.org", {servers[0], servers[1]});
    const auto failed_over = [&] {
        return world.fleet().pool(world.fleet().domain(www)->pool)->failed_over();
    };
    world.restart();
    world.link(servers[1]);
    world.advance(seconds{119});
    world.seen(servers[1]);
    world.now += seconds{1} + late;
    world.link(servers[1]);
    CHECK_FALSE(failed_over());
    CHECK(world.times_told(NoticeType::ServerDown) == 0);
    world.pass_time();
    CHECK(world.engine().view(world.now).guards.mass_loss.doubted());
    CHECK_FALSE(failed_over());
}

TEST_CASE(
    "engine: what comes in as the warm-up ends does not take the first loss for the only one") {
    at_the_end_of_the_warm_up(Duration{0});
    at_the_end_of_the_warm_up(Duration{50});
}

TEST_CASE("engine: what is said of a mass loss is of now, for every pool the same") {
    EngineHarness world;
    std::vector<ServerId> servers;
    for (int i = 1; i <= 5; ++i) {
        const std::string number = std::to_string(i);
        servers.push_back(world.add_server("web" + number, "192.0.2." + number));
        world.link(servers.back());
    }
    const DomainId www = world.add_domain("www.example.org", {servers[0], servers[1]});
    const DomainId shop = world.add_domain("shop.example.org", {servers[2], servers[1]});
    const auto said_of = [&](DomainId domain) {
        const auto held =
            world.engine().restraint_on(world.fleet().domain(domain)->pool, world.now);
        return held ? held->sentence() : std::string{};
    };
    for (int i = 0; i < 4; ++i)
        world.leave(servers[static_cast<std::size_t>(i)]);
    const std::string said = said_of(www);
    CHECK(said.find("web4") != std::string::npos);
    CHECK(said_of(shop) == said);
    CHECK(restraints::told_of_everything(world.engine().view(world.now))->sentence() == said);
    world.link(servers[3]);
    CHECK(said_of(www).find("web4") == std::string::npos);
    CHECK(said_of(www).find("web1") != std::string::npos);
    const Pool& pool = *world.fleet().pool(world.fleet().domain(www)->pool);
    CHECK_FALSE(restraints::told_of_its_own(world.engine().view(world.now), pool));
}

}  // namespace understudy
