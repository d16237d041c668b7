#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

struct Named : EngineHarness {
    Named() {
        for (const char* number : {"1", "2", "3"}) {
            servers.push_back(
                add_server(std::string{"web"} + number, std::string{"192.0.2."} + number));
            link(servers.back());
        }
        pool = PoolId{order(AddPool{"web", {"web1", "web2"}, policy})->id};
    }
    const Pool& row() const { return *fleet().pool(pool); }
    DomainId bind(const std::string& name) {
        AddDomain add = domain_order(name, {servers[0]});
        add.pool = {"web", {}, {}};
        return DomainId{order(add)->id};
    }

    std::vector<ServerId> servers;
    PoolId pool;
};

}  // namespace

TEST_CASE("pools: lists with duplicates, strangers or nobody are refused whole") {
    Named world;
    const Pool before = world.row();
    for (const std::vector<std::string>& bad :
         {std::vector<std::string>{}, {"web1", "web1"}, {"web1", "nobody"}, {""}}) {
        CHECK_FALSE(world.order(SetMembers{world.pool, bad, true}).ok());
        CHECK_FALSE(world.order(AddPool{"other", bad, {}}).ok());
    }
    CHECK(world.row() == before);
    CHECK(world.fleet().pools().size() == 1);
}

TEST_CASE("pools: who serves may be taken out of the list") {
    Named world;
    const DomainId www = world.bind("www.example.org");
    REQUIRE(world.order(SetMembers{world.pool, {"web3", "web2"}, false}).ok());
    CHECK(world.row().target == Target{world.servers[2]});
    CHECK(to_string(world.fleet().domain(www)->record.desired) == "192.0.2.3");
    REQUIRE(world.order(RemoveServer{world.servers[0]}).ok());
}

TEST_CASE("pools: the secondary that serves is made the primary and nothing moves") {
    Named world;
    const DomainId www = world.bind("www.example.org");
    world.leave(world.servers[0]);
    world.advance(seconds{40});
    REQUIRE(world.row().failed_over());
    world.confirm(www);
    REQUIRE(world.order(SetMembers{world.pool, {"web2", "web1"}, false}).ok());
    CHECK_FALSE(world.row().failed_over());
    CHECK(world.row().reason == "Members changed");
    CHECK(to_string(world.fleet().domain(www)->record.desired) == "192.0.2.2");
}

TEST_CASE("pools: a list without a healthy member needs force once domains are served") {
    Named world;
    world.leave(world.servers[2]);
    world.advance(seconds{40});
    CHECK(world.order(SetMembers{world.pool, {"web3"}, false}).ok());
    REQUIRE(world.order(SetMembers{world.pool, {"web1", "web2"}, false}).ok());
    world.bind("www.example.org");
    CHECK(world.order(SetMembers{world.pool, {"web3"}, false}).error().code == Errc::Conflict);
    CHECK(world.order(SetMembers{world.pool, {"web3"}, true}).ok());
}

TEST_CASE("pools: policies that contradict themselves are refused") {
    Named world;
    Policy policy;
    policy.max_answers = 2;
    CHECK(world.order(SetPolicy{world.pool, policy}).error().code == Errc::Invalid);
    policy = {};
    policy.mode = PoolMode::ActiveActive;
    policy.answers = AnswerOrder::LeastLoaded;
    CHECK(world.order(SetPolicy{world.pool, policy}).error().code == Errc::Invalid);
    policy = {};
    policy.fallback_ipv6 = parse_ipv6("2001:db8::9");
    CHECK(world.order(SetPolicy{world.pool, policy}).error().code == Errc::Invalid);
}

TEST_CASE("pools: a change of mode moves the record and says why") {
    Named world;
    const DomainId www = world.bind("www.example.org");
    Policy policy = world.row().policy;
    policy.mode = PoolMode::ActiveActive;
    REQUIRE(world.order(SetPolicy{world.pool, policy}).ok());
    CHECK(to_string(world.fleet().domain(www)->record.desired) == "192.0.2.1, 192.0.2.2");
    CHECK(world.lines.back().reason == "Policy changed");
    CHECK(world.lines.back().from == "192.0.2.1");
}

TEST_CASE("pools: one that serves domains is not removed") {
    Named world;
    const DomainId www = world.bind("www.example.org");
    CHECK(world.order(RemovePool{world.pool}).error().code == Errc::Conflict);
    REQUIRE(world.order(RemoveDomain{www}).ok());
    REQUIRE(world.fleet().pool(world.pool) != nullptr);  // a named pool outlives its domains
    CHECK(world.order(RemovePool{world.pool}).ok());
    CHECK(world.fleet().pools().empty());
}

}  // namespace understudy
