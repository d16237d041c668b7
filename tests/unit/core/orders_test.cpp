#include "controller/core/orders/orders.h"

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

struct Ordered : EngineHarness {
    ServerId web1 = add_server("web1", "192.0.2.1");
    ServerId web2 = add_server("web2", "192.0.2.2");
    DomainId www = add_domain("www.example.org", {web1, web2});
};

}  // namespace

TEST_CASE("orders: about things that are not there are refused, each with an answer") {
    Ordered world;
    const std::size_t lines = world.lines.size();
    const RecordState state{*parse_address_set("192.0.2.9"), Ttl{300}, false};
    for (const std::int64_t id : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{424242},
                                  world.www.value + 1'000, std::int64_t{INT64_MAX}}) {
        const OrderAction actions[] = {RemoveServer{{id}},         RotateToken{{id}, "h", "p"},
                                       RemoveDomain{{id}},         AdoptDomain{{id}, state},
                                       EnforceDomain{{id}, state}, FailbackPool{{id}},
                                       RemoveProvider{{id}},       RemoveChannel{{id}},
                                       TestChannel{{id}},          DisableChannel{{id}, "gone"},
                                       EnableChannel{{id}},        ReplaceCredential{{id}, "s"}};
        for (const OrderAction& action : actions) {
            const auto answer = world.order(action);
            REQUIRE_FALSE(answer.ok());
            CHECK(answer.error().code == Errc::NotFound);
        }
    }
    CHECK(world.lines.size() == lines);
}

TEST_CASE("orders: ids of another kind do not pass") {
    Ordered world;
    CHECK_FALSE(world.order(RemoveServer{{world.www.value}}).ok());
    CHECK_FALSE(world.order(RemoveDomain{{world.web1.value}}).ok());
    CHECK_FALSE(world.order(FailbackPool{{world.web1.value}}).ok());
}

TEST_CASE("orders: what an edit of a server leaves out is as it is when it is carried out") {
    Ordered world;
    EditServer label;  // made while the server still had its former address
    label.server = world.web1;
    label.labels.emplace().emplace("region", "eu");
    EditServer move;
    move.server = world.web1;
    move.ipv4 = parse_ipv4("192.0.2.11");
    move.dynamic = true;
    CHECK(world.order(move).ok());
    CHECK(world.order(label).ok());
    const Server& web1 = *world.fleet().server(world.web1);
    CHECK(to_string(web1.ipv4) == "192.0.2.11");
    CHECK(web1.labels.at("region") == "eu");
    CHECK(web1.dynamic);
    // One that contradicts what its agent does or may report ends that, and takes an address away.
    EditServer again;
    again.server = world.web1;
    again.ipv4 = parse_ipv4("192.0.2.12");
    again.ipv6.emplace();
    CHECK(world.order(again).ok());
    CHECK_FALSE(world.fleet().server(world.web1)->dynamic);
}

TEST_CASE("orders: names, addresses and members are unique") {
    Ordered world;
    AddServer again;
    again.name = "web1";
    again.ipv4 = *parse_ipv4("192.0.2.50");
    CHECK_FALSE(world.order(again).ok());
    again.name = "web9";
    again.ipv4 = *parse_ipv4("192.0.2.1");
    CHECK_FALSE(world.order(again).ok());

    CHECK_FALSE(world.order(world.domain_order("www.example.org", {world.web1})).ok());
    CHECK_FALSE(
        world.order(world.domain_order("b.example.org", {world.web1, world.web2, world.web1}))
            .ok());
    CHECK_FALSE(world.order(world.domain_order("b.example.net", {world.web1})).ok());
    CHECK(world.fleet().domains().size() == 1);
    CHECK(world.fleet().pools().size() == 1);
}

TEST_CASE("orders: a pool is shared by domains of the same members and policy, and only by them") {
    Ordered world;
    world.add_domain("b.example.org", {world.web1, world.web2});
    CHECK(world.fleet().pools().size() == 1);
    AddDomain other = world.domain_order("c.example.org", {world.web1, world.web2});
    other.pool.policy->confirm_s = seconds{5};
    CHECK(world.order(other).ok());
    CHECK(world.fleet().pools().size() == 2);
    CHECK(world.order(world.domain_order("d.example.org", {world.web2, world.web1})).ok() == true);
    CHECK(world.fleet().pools().size() == 3);
}

TEST_CASE("orders: what is in use is not removed; the last domain takes its pool along") {
    Ordered world;
    CHECK_FALSE(world.order(RemoveServer{world.web1}).ok());
    CHECK_FALSE(world.order(RemoveProvider{world.provider()}).ok());
    CHECK(world.order(RemoveDomain{world.www}).ok());
    CHECK(world.fleet().pools().empty());
    CHECK(world.order(RemoveProvider{world.provider()}).ok());
    CHECK(world.order(RemoveServer{world.web1}).ok());
    world.advance(seconds{1000});
    CHECK(world.fleet().servers().size() == 1);
}

TEST_CASE("orders: a removed server's agent is a stranger") {
    Ordered world;
    CHECK(world.order(RemoveDomain{world.www}).ok());
    world.link(world.web1);
    CHECK(world.order(RemoveServer{world.web1}).ok());
    world.leave(world.web1);
    world.seen(world.web1);
    world.link(world.web1);
    world.advance(seconds{600});
    CHECK(world.fleet().server(world.web1) == nullptr);
    const ServerId again = world.add_server("web1", "192.0.2.1");
    CHECK(again != world.web1);
    CHECK(world.engine().health_of(again, world.now).sentence == "never connected");
}

TEST_CASE("orders: failback brings a pool home once, and names who") {
    EngineHarness world;
    world.policy.confirm_s = seconds{0};
    world.policy.failback = Failback::Manual;
    world.restart();
    const ServerId web1 = world.add_server("web1", "192.0.2.1");
    const ServerId web2 = world.add_server("web2", "192.0.2.2");
    const DomainId www = world.add_domain("www.example.org", {web1, web2});
    const PoolId pool = world.fleet().domain(www)->pool;
    world.link(web1);
    world.link(web2);
    CHECK_FALSE(world.order(FailbackPool{pool}).ok());
    world.leave(web1);
    REQUIRE(world.fleet().pool(pool)->failed_over());
    CHECK_FALSE(world.order(FailbackPool{pool}).ok());
    world.link(web1);
    world.advance(seconds{100});
    REQUIRE(world.fleet().pool(pool)->failed_over());
    CHECK(world.order(FailbackPool{pool}).ok());
    CHECK_FALSE(world.fleet().pool(pool)->failed_over());
    CHECK(world.lines.back().type == "failback_decided");
    CHECK(world.lines.back().who == "ops");
}

TEST_CASE("orders: a credential is replaced under domains, and every record is compared") {
    Ordered world;
    const ProviderId provider = world.provider();
    const ProviderAccount before = *world.fleet().provider(provider);
    const Decision decision = world.step(Order{{7, "ops"}, ReplaceCredential{provider, "sealed2"}});
    CHECK(decision.check_records);
    REQUIRE(decision.replies.front().result.ok());
    ProviderAccount expected = before;
    expected.sealed_credential = "sealed2";
    CHECK(*world.fleet().provider(provider) == expected);
    CHECK(world.fleet().domain(world.www)->provider == provider);
    CHECK(world.lines.back().type == "provider_credential_replaced");
    CHECK(world.lines.back().who == "ops");
    CHECK(world.lines.back().reason.find("sealed") == std::string::npos);
}

TEST_CASE("orders: a disabled channel is enabled, once, and told again") {
    Ordered world;
    const ChannelId hook = world.add_channel("hook");
    CHECK(world.order(EnableChannel{hook}).error().code == Errc::Conflict);
    REQUIRE(world.order(DisableChannel{hook, "410 Gone"}).ok());
    world.link(world.web1);
    world.leave(world.web1);
    REQUIRE(world.told.empty());
    CHECK(world.order(TestChannel{hook}).error().code == Errc::Conflict);
    REQUIRE(world.order(EnableChannel{hook}).ok());
    CHECK(world.lines.back().type == "channel_enabled");
    CHECK(world.lines.back().who == "ops");
    world.link(world.web1);
    CHECK(world.times_told(NoticeType::ServerUp) == 1);
    CHECK(world.order(EnableChannel{hook}).error().code == Errc::Conflict);
    CHECK(world.order(TestChannel{hook}).ok());
}

}  // namespace understudy
