// What would follow if servers were lost: what is chosen, what stands in the way, how long it
// takes; and that it is what happens then.
#include <algorithm>

#include "controller/core/engine_view.h"
#include "tests/support/what_if_at_once.h"
#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using PoolFate = WhatIfPool::Fate;
using DomainFate = WhatIfDomain::Fate;
using std::chrono::seconds;

struct ImaginedWorld : EngineHarness {
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    ServerId web3 = add_server("web3", "192.0.2.3");
    DomainId www = add_domain("www.example.org", {web1, web2});
    DomainId shop = add_domain("shop.example.org", {web1, web2});

    ImaginedWorld() {
        for (const ServerId server : {web1, web2, web3})
            link(server);
    }
    const Pool& pool_of(DomainId id) const { return *fleet().pool(fleet().domain(id)->pool); }
    WhatIf loss_of(std::vector<ServerId> lost) {
        return what_if_lost(engine(), std::move(lost), now);
    }
    WhatIfPool first_of(std::vector<ServerId> lost) {
        const WhatIf found = loss_of(std::move(lost));
        REQUIRE_FALSE(found.pools.empty());
        return found.pools.front();
    }
    WhatIfServer row_of(ServerId server) {
        const auto rows = what_if_each_lost(engine(), now);
        const auto at = std::ranges::find(rows, server, &WhatIfServer::server);
        REQUIRE(at != rows.end());
        return *at;
    }
    void set_policy(const Policy& wanted) {
        REQUIRE(order(SetPolicy{pool_of(www).id, wanted}).ok());
    }
    // What an agent says of the service at another's address; none: what the controller does.
    void finds_serving(ServerId by, ServerId server) {
        ServiceProbed probed;
        probed.server = server;
        probed.by = by;
        probed.service = service_of(pool_of(www).policy);
        probed.verdict = Verdict::Serves;
        probed.sentence = "https 443: 200";
        probed.valid_for = seconds{60};
        step(probed);
    }
};

}  // namespace

TEST_CASE("what if: the primary's domains move to the stand-by, after the policy's wait") {
    ImaginedWorld world;
    const WhatIf found = world.loss_of({world.web1});
    REQUIRE(found.pools.size() == 1);
    const WhatIfPool& pool = found.pools.front();
    CHECK(pool.fate == PoolFate::Moves);
    CHECK(pool.to == Target{world.web2});
    CHECK(pool.reason == "Primary server down");
    CHECK(pool.domains.moving == 2);
    REQUIRE(pool.named.size() == 2);
    CHECK(pool.named.front().from == "192.0.2.1");
    CHECK(pool.named.front().to == "192.0.2.2");
    CHECK(pool.detection.best == Duration{0});
    CHECK(pool.detection.worst == seconds{26});  // a link that goes silent
    CHECK(pool.waiting.best == seconds{30});
    CHECK(pool.waiting.worst == seconds{30});
    CHECK(pool.standby == 0);
    CHECK_FALSE(pool.held);
    CHECK_FALSE(found.doubted);
    REQUIRE(found.zones.size() == 1);
    CHECK(found.zones.front().records == 2);
    CHECK(found.zones.front().addresses == 2);
    CHECK(found.zones.front().ttl == 300);
}

TEST_CASE("what if: who publishes nothing of it is only missed as a stand-by") {
    ImaginedWorld world;
    const WhatIfPool pool = world.first_of({world.web2});
    CHECK(pool.fate == PoolFate::Untouched);
    CHECK(pool.domains.same == 2);
    CHECK(pool.named.empty());
    CHECK(pool.standby == 0);
    CHECK(world.loss_of({world.web3}).pools.empty());
    CHECK(world.loss_of({ServerId{99}}).pools.empty());
}

TEST_CASE("what if: where nobody is left the records stay, or go to the fallback") {
    ImaginedWorld world;
    WhatIfPool pool = world.first_of({world.web1, world.web2});
    CHECK(pool.fate == PoolFate::Outage);
    CHECK(pool.domains.unserved == 2);
    CHECK(pool.named.front().to == "192.0.2.1");
    Policy wanted = world.pool_of(world.www).policy;
    wanted.fallback_ipv4 = *parse_ipv4("192.0.2.99");
    world.set_policy(wanted);
    pool = world.first_of({world.web1, world.web2});
    CHECK(pool.fate == PoolFate::Fallback);
    CHECK(pool.domains.unserved == 2);
    CHECK(pool.to_text == "192.0.2.99");
}

TEST_CASE("what if: three of three at once would be held as a loss of our own network") {
    ImaginedWorld world;
    CHECK_FALSE(world.loss_of({world.web1, world.web2}).doubted);
    const auto doubted = world.loss_of({world.web1, world.web2, world.web3}).doubted;
    REQUIRE(doubted);
    CHECK(doubted->kind == "mass_loss");
    CHECK(doubted->sentence().find("3 of 3 servers lost at once") != std::string::npos);
    CHECK(doubted->sentence().find("release --all") != std::string::npos);
    // With two that are lost already one more is enough.
    world.leave(world.web2);
    world.leave(world.web3);
    CHECK(world.loss_of({world.web1}).doubted);
}

TEST_CASE("what if: a domain in conflict or ignored stays, and says why") {
    ImaginedWorld world;
    world.observe(world.shop, "198.51.100.7");
    REQUIRE(world.order(IgnoreDomain{world.www, {"migration", {}}}).ok());
    const WhatIfPool pool = world.first_of({world.web1});
    CHECK(pool.domains.blocked == 1);
    CHECK(pool.domains.ignored == 1);
    CHECK(pool.domains.moving == 0);
    CHECK(world.loss_of({world.web1}).zones.empty());
    for (const WhatIfDomain& domain : pool.named) {
        CHECK(domain.from == domain.to);
        CHECK_FALSE(domain.why.empty());
    }
}

TEST_CASE("what if: what a person adopted is left with the next switch") {
    ImaginedWorld world;
    world.observe(world.shop, "198.51.100.7");
    const RecordState kept{*parse_address_set("198.51.100.7"), Ttl{300}, false};
    REQUIRE(world.order(AdoptDomain{world.shop, kept}).ok());
    const WhatIfPool pool = world.first_of({world.web1});
    CHECK(pool.domains.moving == 2);
    world.leave(world.web1);
    world.advance(seconds{31});
    CHECK(to_string(world.fleet().domain(world.shop)->record.desired) == "192.0.2.2");
}

TEST_CASE("what if: what holds it at present is named, and a dry run writes nothing") {
    ImaginedWorld world;
    const PoolId pool = world.pool_of(world.www).id;
    REQUIRE(world.order(HoldPool{pool, {}, {"release day", {}}}).ok());
    auto held = world.first_of({world.web1}).held;
    REQUIRE(held);
    CHECK(held->kind == "hold");
    CHECK(held->why.find("release day") != std::string::npos);
    CHECK(world.row_of(world.web1).held == 2);
    REQUIRE(world.row_of(world.web1).why);
    REQUIRE(world.order(ReleasePool{pool}).ok());
    REQUIRE(world.order(StartDryRun{pool, {}}).ok());
    const WhatIf found = world.loss_of({world.web1});
    CHECK(found.pools.front().dry_run);
    CHECK(found.zones.empty());
    REQUIRE(world.order(PauseAll{{"night", {}}}).ok());
    held = world.first_of({world.web1}).held;
    REQUIRE(held);
    CHECK(held->kind == "pause");
}

TEST_CASE("what if: one in maintenance is lost to nobody") {
    ImaginedWorld world;
    REQUIRE(world.order(StartMaintenance{world.web2, {"kernel", {}}, false}).ok());
    const WhatIfPool pool = world.first_of({world.web1});
    CHECK(pool.fate == PoolFate::Outage);
    CHECK(world.first_of({world.web2}).fate == PoolFate::Untouched);
    CHECK_FALSE(world.loss_of({world.web2}).doubted);
}

TEST_CASE("what if: a return that comes before the loss is believed is no failover") {
    ImaginedWorld world;
    const DomainId three =
        world.add_domain("three.example.org", {world.web1, world.web2, world.web3});
    world.leave(world.web1);
    world.advance(seconds{31});
    world.link(world.web1);
    world.advance(seconds{40});
    world.seen(world.web1);
    world.seen(world.web2);
    world.seen(world.web3);
    REQUIRE(world.pool_of(three).target == Target{world.web2});
    const WhatIf found = world.loss_of({world.web2});
    const auto at = std::ranges::find(found.pools, world.pool_of(three).id, &WhatIfPool::pool);
    REQUIRE(at != found.pools.end());
    CHECK(at->to == Target{world.web1});
    CHECK(at->waiting.best == seconds{20});
    CHECK(at->standby == 1);
}

TEST_CASE("what if: observers that agree shorten the wait, the maintenance loop lengthens it") {
    ImaginedWorld world;
    world.finds_serving({}, world.web1);
    CHECK(world.first_of({world.web1}).waiting.best == seconds{30});  // alone it agrees with nobody
    world.finds_serving(world.web3, world.web1);
    WhatIfPool pool = world.first_of({world.web1});
    CHECK(pool.waiting.best == seconds{5});
    // A sibling is asked again after 5, and calls it dead after 2 * 1 + 3.
    CHECK(pool.waiting.worst == seconds{10});
    CHECK(world.first_of({world.web1, world.web3}).waiting.best == seconds{30});
    // Those lost with it are not heard since: it is not agreed without as many more.
    const ServerId web4 = world.add_server("web4", "192.0.2.4");
    const ServerId web5 = world.add_server("web5", "192.0.2.5");
    for (const ServerId sibling : {web4, web5}) {
        world.link(sibling);
        world.finds_serving(sibling, world.web1);
    }
    CHECK(world.first_of({world.web1, web4}).waiting.best == seconds{5});
    CHECK(world.first_of({world.web1, web4, web5}).waiting.best == seconds{30});

    Policy wanted = world.pool_of(world.www).policy;
    wanted.evidence = Evidence::Service;
    world.set_policy(wanted);
    pool = world.first_of({world.web1});
    CHECK(pool.detection.best == seconds{2});
    // 5 to the next probe, 3 until one fails whose answers are slow, 1 between two, and 3.
    CHECK(pool.detection.worst == seconds{12});
    CHECK(pool.waiting.best == seconds{5});
    wanted.evidence = Evidence::Link;
    wanted.reaction = Reaction::Maintenance;
    world.set_policy(wanted);
    pool = world.first_of({world.web1});
    CHECK(pool.waiting.best == seconds{30});
    CHECK(pool.waiting.worst == seconds{330});
}

TEST_CASE("what if: how soon a dead service is noticed follows how its probes are repeated") {
    ImaginedWorld world;
    Policy wanted = world.pool_of(world.www).policy;
    wanted.evidence = Evidence::Service;
    const auto detection = [&](int fall, int fast_s) {
        wanted.probe_fall = static_cast<std::uint32_t>(fall);
        wanted.fast_interval_s = seconds{fast_s};
        world.set_policy(wanted);
        world.finds_serving({}, world.web1);  // by these words
        return world.first_of({world.web1}).detection;
    };
    // One failure is enough: there is nothing to wait for between two.
    CHECK(detection(1, 1).best == seconds{0});
    CHECK(detection(1, 1).worst == seconds{8});
    CHECK(detection(2, 1).worst == seconds{11});
    CHECK(detection(5, 1).best == seconds{4});
    CHECK(detection(5, 1).worst == seconds{14});
    // Each has failed before the next begins: there is nothing to overlap.
    CHECK(detection(3, 5).worst == seconds{18});
}

TEST_CASE("what if: an active-active pool publishes the others") {
    ImaginedWorld world;
    AddPool add{"many", {"web1", "web2", "web3"}, {}};
    Policy wanted = world.policy;
    wanted.mode = PoolMode::ActiveActive;
    add.policy = wanted;
    REQUIRE(world.order(add).ok());
    REQUIRE(world.order(MoveDomains{{world.shop}, {}, true, "many"}).ok());
    const WhatIf found = world.loss_of({world.web3});
    REQUIRE(found.pools.size() == 1);
    CHECK(found.pools.front().fate == PoolFate::Moves);
    CHECK(found.pools.front().to_text == "192.0.2.1, 192.0.2.2");
    CHECK(found.pools.front().standby == 1);
}

TEST_CASE("what if: each server has a row that agrees with the long answer") {
    ImaginedWorld world;
    const DomainId alone = world.add_domain("alone.example.org", {world.web1});
    const WhatIfServer row = world.row_of(world.web1);
    CHECK(row.published == 2);
    CHECK(row.moving == 2);
    CHECK(row.unserved == 1);
    CHECK(row.last_standby == 1);
    CHECK(world.row_of(world.web2).published == 0);
    const WhatIf found = world.loss_of({world.web1});
    std::size_t unserved = 0;
    for (const WhatIfPool& pool : found.pools)
        unserved += pool.domains.unserved;
    CHECK(unserved == row.unserved);
    CHECK(world.pool_of(alone).target == Target{world.web1});
}

TEST_CASE("what if: domains beyond those asked for are counted and not named") {
    ImaginedWorld world;
    const WhatIf found = what_if_lost(world.engine(), {world.web1}, world.now, 1);
    CHECK(found.pools.front().named.size() == 1);
    CHECK(found.pools.front().domains.moving == 2);
}

namespace {

WhatIf walked(const Engine& engine, what_if::LossWalk& walk, Instant now, int& slices) {
    for (bool through = false; !through; ++slices) {
        Work little{1};
        through = walk.go_on(engine.view(now), little);
    }
    return walk.take();
}

}  // namespace

TEST_CASE("what if: a bit at a time the same is found") {
    ImaginedWorld world;
    world.add_domain("alone.example.org", {world.web1});
    const WhatIf whole = world.loss_of({world.web1, world.web3});
    what_if::LossWalk walk{{world.web3, world.web1}, 100};
    int slices = 0;
    const WhatIf found = walked(world.engine(), walk, world.now, slices);
    CHECK(slices >= 4);  // a pool, its two domains one by one, another pool
    REQUIRE(found.pools.size() == whole.pools.size());
    for (std::size_t i = 0; i < found.pools.size(); ++i) {
        CHECK(found.pools[i].name == whole.pools[i].name);
        CHECK(found.pools[i].domains.all() == whole.pools[i].domains.all());
        CHECK(found.pools[i].domains.moving == whole.pools[i].domains.moving);
        CHECK(found.pools[i].named.size() == whole.pools[i].named.size());
    }
    REQUIRE(found.zones.size() == 1);
    CHECK(found.zones.front().records == whole.zones.front().records);

    what_if::EachLossWalk each;
    slices = 0;
    for (bool through = false; !through; ++slices) {
        Work little{1};
        through = each.go_on(world.engine().view(world.now), little);
    }
    CHECK(slices >= 6);
    const auto rows = each.take();
    const auto all = what_if_each_lost(world.engine(), world.now);
    REQUIRE(rows.size() == all.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].name == all[i].name);
        CHECK(rows[i].published == all[i].published);
        CHECK(rows[i].moving == all[i].moving);
        CHECK(rows[i].unserved == all[i].unserved);
    }
}

TEST_CASE("what if: what goes away meanwhile is passed over, and what moved away") {
    ImaginedWorld world;
    const DomainId alone = world.add_domain("alone.example.org", {world.web1});
    const DomainId other = world.add_domain("other.example.org", {world.web3, world.web2});
    const PoolId elsewhere = world.pool_of(other).id;
    what_if::LossWalk walk{{world.web1}, 100};
    what_if::EachLossWalk each;
    // One pool is judged, and nothing else is done.
    Work little{1};
    REQUIRE_FALSE(walk.go_on(world.engine().view(world.now), little));
    little = Work{1};
    REQUIRE_FALSE(each.go_on(world.engine().view(world.now), little));

    REQUIRE(world.order(RemoveDomain{alone}).ok());
    REQUIRE(world.order(MoveDomains{{world.shop}, elsewhere, true, ""}).ok());
    int slices = 0;
    const WhatIf found = walked(world.engine(), walk, world.now, slices);
    std::size_t counted = 0;
    for (const WhatIfPool& pool : found.pools)
        counted += pool.domains.all();
    CHECK(counted == 1);
    Work rest{kAllWork};
    CHECK(each.go_on(world.engine().view(world.now), rest));
    CHECK(each.take().size() == 3);
}

}  // namespace understudy
