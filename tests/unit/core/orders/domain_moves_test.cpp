#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

struct TwoPools : EngineHarness {
    TwoPools() {
        link(web1);
        link(web2);
        other = PoolId{order(AddPool{"other", {"web2"}, policy})->id};
    }
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    DomainId a = add_domain("a.example.org", {web1});
    DomainId b = add_domain("b.example.org", {web1});
    PoolId other;

    Rehearsal rehearse(const MoveDomains& order) {
        return engine().rehearse(own_caller("ops"), {order}, now);
    }
    std::string desired(DomainId id) const { return to_string(fleet().domain(id)->record.desired); }
};

}  // namespace

TEST_CASE("moves: the rehearsal says what the order then does") {
    TwoPools world;
    const MoveDomains order{{world.a}, world.other, false};
    const Rehearsal rehearsal = world.rehearse(order);
    REQUIRE(rehearsal.refused.empty());
    CHECK(rehearsal.domains ==
          std::vector<MovedDomain>{{"a.example.org", "192.0.2.1", "192.0.2.2"}});
    CHECK(world.desired(world.a) == "192.0.2.1");
    REQUIRE(world.order(order).ok());
    CHECK(world.desired(world.a) == "192.0.2.2");
    CHECK(world.desired(world.b) == "192.0.2.1");
}

TEST_CASE("moves: all or none, and both refuse the same") {
    TwoPools world;
    for (const MoveDomains& order :
         {MoveDomains{{}, world.other, true}, MoveDomains{{world.a, world.a}, world.other, true},
          MoveDomains{{world.a, DomainId{9999}}, world.other, true},
          MoveDomains{{world.a}, PoolId{9999}, true}}) {
        const Rehearsal rehearsal = world.rehearse(order);
        const auto refused = world.order(order);
        REQUIRE(rehearsal.refused.size() == 1);
        REQUIRE_FALSE(refused.ok());
        CHECK(rehearsal.refused.front().error.text() == refused.error().text());
    }
    CHECK(world.desired(world.a) == "192.0.2.1");
}

TEST_CASE("moves: the last domain takes an implicit pool along; a named one stays") {
    TwoPools world;
    const PoolId implicit = world.fleet().domain(world.a)->pool;
    REQUIRE(world.order(MoveDomains{{world.a, world.b}, world.other, false}).ok());
    CHECK(world.fleet().pool(implicit) == nullptr);
    REQUIRE(world.order(RemoveDomain{world.a}).ok());
    REQUIRE(world.order(RemoveDomain{world.b}).ok());
    CHECK(world.fleet().pool(world.other) != nullptr);
}

TEST_CASE("moves: an ignored domain changes its pool and not its record") {
    TwoPools world;
    REQUIRE(world.order(IgnoreDomain{world.a, {}}).ok());
    REQUIRE(world.order(MoveDomains{{world.a}, world.other, false}).ok());
    CHECK(world.fleet().domain(world.a)->pool == world.other);
    CHECK(world.desired(world.a) == "192.0.2.1");
    CHECK(world.fleet().domain(world.a)->record.settled());
}

TEST_CASE("moves: the brake counts what would change of a zone") {
    TwoPools world;
    world.timings.guards.brake_domains = 1;
    world.restart();
    world.link(world.web1);
    world.link(world.web2);
    const MoveDomains order{{world.a, world.b}, world.other, false};
    CHECK(world.order(order).error().code == Errc::Conflict);
    CHECK(world.order(MoveDomains{{world.a}, world.other, false}).ok());
    // Only one of the two would still change.
    CHECK(world.order(order).ok());
}

}  // namespace understudy
