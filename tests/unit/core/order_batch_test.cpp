// Batches: orders that rely on those before them, and nothing left of any when one is refused.
#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

struct BatchWorld : EngineHarness {
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    DomainId www = add_domain("www.example.org", {web1, web2});
    DomainId shop = add_domain("shop.example.org", {web1, web2});

    BatchWorld() {
        link(web1);
        link(web2);
    }
    Result<OrderDone> batch(std::vector<OrderAction> actions) {
        const auto decision = step(OrderBatch{{7, "ops"}, std::move(actions)});
        REQUIRE(decision.replies.size() == 1);
        return decision.replies.front().result;
    }
    Rehearsal rehearse(std::vector<OrderAction> actions) {
        return engine().rehearse(own_caller("ops"), std::move(actions), now, Engine::Later::Asked);
    }
    std::string pool_of(DomainId id) const { return fleet().pool(fleet().domain(id)->pool)->name; }
};

}  // namespace

TEST_CASE("batch: domains move to a pool that an earlier order made") {
    BatchWorld world;
    const auto done =
        world.batch({AddPool{"edge", {"web1"}, {}}, MoveDomains{{world.www}, {}, false, "edge"}});
    REQUIRE(done.ok());
    REQUIRE(done->ids.size() == 2);
    CHECK(done->ids[0] == done->ids[1]);
    CHECK(world.pool_of(world.www) == "edge");
    CHECK(world.pool_of(world.shop) == "web1+web2");
}

TEST_CASE("batch: a pool by a name that nobody has is refused, and what came before is undone") {
    BatchWorld world;
    const auto done =
        world.batch({AddPool{"edge", {"web1"}, {}}, MoveDomains{{world.www}, {}, false, "egde"}});
    REQUIRE_FALSE(done.ok());
    CHECK(done.error().code == Errc::NotFound);
    CHECK(done.error().message == "pool 'egde' does not exist");
    CHECK(world.fleet().pool_named("edge") == nullptr);
    CHECK(world.pool_of(world.www) == "web1+web2");
}

TEST_CASE(
    "batch: every refusal is told, by its place; a rehearsal tells the same and does nothing") {
    BatchWorld world;
    const std::vector<OrderAction> orders{
        MoveDomains{{world.www}, {}, false, "none"}, AddPool{"edge", {"web1"}, {}},
        AddPool{"edge", {"web2"}, {}}, MoveDomains{{world.shop}, {}, false, "edge"}};
    const Rehearsal rehearsal = world.rehearse(orders);
    const auto decision = world.step(OrderBatch{{7, "ops"}, orders});
    const auto& refused = decision.replies.front().refused;
    REQUIRE(refused.size() == 2);
    CHECK(refused[0].order == 0);
    CHECK(refused[1].order == 2);
    CHECK(refused[0].error == decision.replies.front().result.error());
    REQUIRE(rehearsal.refused.size() == 2);
    CHECK(rehearsal.refused[0].error == refused[0].error);
    CHECK(rehearsal.refused[1].error == refused[1].error);
    CHECK(rehearsal.domains.empty());  // nothing of it is done
    CHECK(decision.changes.empty());

    const Rehearsal fine = world.rehearse({orders[1], orders[3]});
    CHECK(fine.refused.empty());
    CHECK(world.fleet().pool_named("edge") == nullptr);
}

}  // namespace understudy
