#include "controller/core/within.h"

#include <doctest/doctest.h>

#include "base/undo_log.h"
#include "controller/core/hearing.h"

using namespace understudy;

namespace {

// Pools a (a1, a2) and b (b1, b2) of two owners, and m of one server of each.
class TwoOwners {
  public:
    TwoOwners() {
        std::int64_t id = 0;
        for (const char* name : {"a1", "a2", "b1", "b2"}) {
            Server server;
            server.id = ServerId{++id};
            server.name = name;
            server.token_prefix = name;
            server.labels = {{"owner", std::string{name}.substr(0, 1)}};
            fleet.put(server);
        }
        add_pool(11, "pa", {1, 2});
        add_pool(12, "pb", {3, 4});
        add_pool(13, "pm", {1, 3});
        Domain domain;
        domain.id = DomainId{21};
        domain.name = "b.example.org";
        domain.pool = PoolId{12};
        fleet.put(domain);
    }
    void add_pool(std::int64_t id, const char* name, const std::vector<std::int64_t>& members) {
        Pool pool;
        pool.id = PoolId{id};
        pool.name = name;
        for (const std::int64_t member : members)
            pool.members.push_back(ServerId{member});
        fleet.put(pool);
    }
    const Server& server(std::int64_t id) const { return *fleet.server(ServerId{id}); }
    const Pool& pool(std::int64_t id) const { return *fleet.pool(PoolId{id}); }

    UndoLog log;
    Fleet fleet{log};
};

Scope of_label(const char* owner) {
    Scope scope;
    scope.labels = {{"owner", owner}};
    return scope;
}

Scope of_pools(std::vector<PoolId> pools) {
    Scope scope;
    scope.pools = std::move(pools);
    return scope;
}

}  // namespace

TEST_CASE("a scope by label has the servers that carry it, and pools of only such") {
    const TwoOwners all;
    const Scope a = of_label("a");
    CHECK(within::is(all.fleet, a, all.server(1)));
    CHECK_FALSE(within::is(all.fleet, a, all.server(3)));
    CHECK(within::is(all.fleet, a, all.pool(11)));
    CHECK_FALSE(within::is(all.fleet, a, all.pool(12)));
    CHECK_FALSE(within::is(all.fleet, a, all.pool(13)));
    CHECK_FALSE(within::alone(all.fleet, a, all.server(1)));
    CHECK(within::alone(all.fleet, a, all.server(2)));
    CHECK_FALSE(within::is(all.fleet, a, *all.fleet.domain(DomainId{21})));
    CHECK(within::is(all.fleet, of_label("b"), *all.fleet.domain(DomainId{21})));
}

TEST_CASE("a scope by pools has these, and one of none has nothing") {
    const TwoOwners all;
    const Scope mixed = of_pools({PoolId{13}});
    CHECK(within::is(all.fleet, mixed, all.server(1)));
    CHECK(within::is(all.fleet, mixed, all.server(3)));
    CHECK_FALSE(within::is(all.fleet, mixed, all.server(2)));
    CHECK_FALSE(within::is(all.fleet, mixed, all.pool(11)));
    const Scope nothing = of_pools({});
    CHECK_FALSE(nothing.everything());
    CHECK_FALSE(within::is(all.fleet, nothing, all.server(1)));
    CHECK_FALSE(within::is(all.fleet, nothing, all.pool(11)));
}

TEST_CASE("narrower is what can never reach further") {
    const Scope everything;
    const Scope a = of_label("a");
    const Scope one = of_pools({PoolId{11}});
    const Scope two = of_pools({PoolId{11}, PoolId{12}});
    Scope both = one;
    both.labels = a.labels;
    CHECK(within::narrower(a, everything));
    CHECK_FALSE(within::narrower(everything, a));
    CHECK(within::narrower(one, two));
    CHECK_FALSE(within::narrower(two, one));
    CHECK(within::narrower(both, a));
    CHECK(within::narrower(both, one));
    CHECK_FALSE(within::narrower(one, a));
    CHECK_FALSE(within::narrower(of_label("b"), a));
}

TEST_CASE("a sentence keeps its words and loses the names of others") {
    const TwoOwners all;
    const auto told = [&](const char* text) {
        return within::unnamed(all.fleet, of_label("a"), text);
    };
    CHECK(told("dead for 2 of 2: 503 (server 'b1'); 'a2' serves pa, not pb.") ==
          "dead for 2 of 2: 503 (server '(another)'); 'a2' serves pa, not (another).");
    CHECK(told("b.example.org") == "(another)");
    CHECK(told("b1x b.example.org.uk a1") == "b1x b.example.org.uk a1");
    CHECK(told("") == "");
    CHECK(within::unnamed(all.fleet, of_label("a"), "b1 pb", {"b1"}) == "b1 (another)");
}

TEST_CASE("an order reaches what its scope has, and nothing else is there") {
    const TwoOwners all;
    Caller a{"operator token 'a'", Role::Operator, of_label("a")};
    const auto refused = [&](const OrderAction& order) {
        return within::refuses(all.fleet, a, order).has_value();
    };
    CHECK_FALSE(refused(HoldPool{PoolId{11}, {}, {}, false}));
    CHECK(refused(HoldPool{PoolId{12}, {}, {}, false}));
    CHECK(refused(ReleasePool{PoolId{13}}));
    CHECK_FALSE(refused(StartMaintenance{ServerId{2}}));
    CHECK(refused(StartMaintenance{ServerId{1}}));  // it serves pool m as well
    CHECK(refused(StartMaintenance{ServerId{3}}));
    CHECK(refused(SetMembers{PoolId{11}, {"a1", "b1"}, false}));
    CHECK_FALSE(refused(SetMembers{PoolId{11}, {"a2", "a1"}, false}));
    CHECK(refused(RemoveDomain{DomainId{21}}));
    CHECK(refused(PauseAll{}));
    CHECK(refused(RemoveProvider{ProviderId{1}}));
    a.scope = {};
    CHECK_FALSE(refused(PauseAll{}));
    CHECK_FALSE(refused(HoldPool{PoolId{12}, {}, {}, false}));
}

TEST_CASE("a channel for some is told nothing of the others") {
    const TwoOwners all;
    Channel narrow;
    narrow.labels = {{"owner", "a"}};
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.reason = "4 servers are lost: a1, b1";
    CHECK(hearing::heard(all.fleet, Channel{}, notice).reason == notice.reason);
    const Notice told = hearing::heard(all.fleet, narrow, notice);
    CHECK(told.reason.find("b1") == std::string::npos);
    CHECK(told.reason.find('4') == std::string::npos);
    notice.type = NoticeType::FailoverTriggered;
    notice.pool = PoolId{13};
    notice.reason = "a1 is dead: said by b2; b1 serves";
    CHECK(hearing::heard(all.fleet, narrow, notice).reason ==
          "a1 is dead: said by (another); (another) serves");
    Channel of_pool;
    of_pool.pools = {PoolId{13}};
    CHECK(hearing::heard(all.fleet, of_pool, notice).reason ==
          "a1 is dead: said by (another); b1 serves");
}

TEST_CASE("a server's news counts the domains of others' pools, and does not name them") {
    const TwoOwners all;
    Channel narrow;
    narrow.labels = {{"owner", "a"}};
    const std::string foreign = all.fleet.domain(DomainId{21})->name;
    REQUIRE(all.fleet.domain(DomainId{21})->pool == PoolId{12});
    Notice notice;
    notice.type = NoticeType::StandbyNotReady;
    notice.server = ServerId{1};
    notice.pool = PoolId{12};
    notice.pool_name = "pb";
    notice.pools = {{PoolId{11}, "pa"}, {PoolId{12}, "pb"}};
    notice.add({foreign, "192.0.2.1", "192.0.2.1", "no certificate for " + foreign});
    notice.pending = {foreign};
    notice.reason = "a1 is not ready for " + foreign + " of pool 'pb'";
    const Notice told = hearing::heard(all.fleet, narrow, notice);
    CHECK(told.domains.empty());
    CHECK(told.domain_count == 1);
    CHECK(told.pending.empty());
    CHECK_FALSE(told.pool);
    CHECK(told.pool_name.empty());
    REQUIRE(told.pools.size() == 1);
    CHECK(told.pools[0].name == "pa");
    CHECK(told.reason == "a1 is not ready for (another) of pool '(another)'");
    CHECK(hearing::heard(all.fleet, Channel{}, notice).domains.size() == 1);
    notice.domain_count = 0;  // not every sort says it beside its list
    notice.type = NoticeType::CertificateExpiring;
    CHECK(hearing::heard(all.fleet, narrow, notice).domain_count == 1);
}
