#include "controller/core/announcer.h"

#include <algorithm>

#include "tests/unit/core/engine_harness.h"

namespace understudy {
namespace {

using std::chrono::seconds;

// Two pools with one primary: one death is one incident for both.
struct ToldPools : EngineHarness {
    ToldPools() {
        policy.confirm_s = seconds{0};
        restart();
        web1 = add_server("web1", "192.0.2.1");
        web2 = add_server("web2", "192.0.2.2");
        web3 = add_server("web3", "192.0.2.3");
        a = add_domain("a.example.org", {web1, web2});
        b = add_domain("b.example.org", {web1, web3});
        add_channel("ops");
        for (const ServerId server : {web1, web2, web3})
            link(server);
    }
    PoolId pool_of(DomainId domain) { return fleet().domain(domain)->pool; }
    std::vector<std::string> names(const Notice& notice) {
        std::vector<std::string> out;
        for (const MovedDomain& domain : notice.domains)
            out.push_back(domain.name);
        return out;
    }
    const Notice& last() { return told.back().notice; }

    ServerId web1, web2, web3;
    DomainId a, b;
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("announcer: one message when the whole incident has settled") {
    ToldPools world;
    world.leave(world.web1);
    world.confirm(world.a);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
    world.confirm(world.b);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
    CHECK(world.names(world.last()) == Names{"a.example.org", "b.example.org"});
}

TEST_CASE("announcer: what is late is named as pending and told later") {
    ToldPools world;
    world.leave(world.web1);
    world.confirm(world.a);
    world.advance(seconds{30});
    REQUIRE(world.last().type == NoticeType::FailoverTriggered);
    CHECK(world.names(world.last()) == Names{"a.example.org"});
    CHECK(world.last().pending == Names{"b.example.org"});
    world.confirm(world.b);
    CHECK(world.names(world.last()) == Names{"b.example.org"});
    CHECK(world.last().pending.empty());
}

TEST_CASE("announcer: a channel of one pool learns nothing of another, pending or not") {
    ToldPools world;
    Channel only_a;
    only_a.name = "a";
    only_a.pools = {world.pool_of(world.a)};
    const ChannelId channel{world.order(AddChannel{only_a})->id};
    world.leave(world.web1);
    world.confirm(world.a);
    world.advance(seconds{30});
    REQUIRE(world.last().type == NoticeType::FailoverTriggered);
    REQUIRE(world.told.back().channel == channel);
    CHECK(world.names(world.last()) == Names{"a.example.org"});
    CHECK(world.last().pending.empty());
}

TEST_CASE("announcer: labels choose channels by the server concerned") {
    ToldPools world;
    Channel eu;
    eu.name = "eu";
    eu.labels = {{"region", "eu"}};
    CHECK(world.order(AddChannel{eu}).ok());
    world.leave(world.web1);
    CHECK(world.times_told(NoticeType::ServerDown) == 1);  // ops alone
}

TEST_CASE("announcer: what holds everything is told to every channel, whatever it follows") {
    ToldPools world;
    Channel eu;
    eu.name = "eu";
    eu.labels = {{"region", "eu"}};
    CHECK(world.order(AddChannel{eu}).ok());
    Channel only_a;
    only_a.name = "a";
    only_a.pools = {world.pool_of(world.a)};
    CHECK(world.order(AddChannel{only_a}).ok());
    Channel moves_only;
    moves_only.name = "moves";
    moves_only.types = {NoticeType::FailoverTriggered};
    CHECK(world.order(AddChannel{moves_only}).ok());
    for (const ServerId server : {world.web1, world.web2, world.web3})
        world.leave(server);
    CHECK(world.times_told(NoticeType::FailoverHeld) == 3);
}

TEST_CASE("announcer: a disabled or removed channel is told nothing more") {
    ToldPools world;
    const ChannelId second = world.add_channel("second");
    const ChannelId third = world.add_channel("third");
    world.leave(world.web1);
    CHECK(world.times_told(NoticeType::ServerDown) == 3);
    CHECK(world.order(DisableChannel{second, "410"}).ok());
    CHECK(world.order(RemoveChannel{third}).ok());
    world.confirm(world.a);
    world.confirm(world.b);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
}

TEST_CASE("announcer: removing a domain tells what was waiting, and releases the others") {
    ToldPools world;
    world.leave(world.web1);
    world.confirm(world.a);
    CHECK(world.order(RemoveDomain{world.b}).ok());
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);

    world.link(world.web1);
    world.advance(seconds{60});
    world.confirm(world.a);
    CHECK(world.times_told(NoticeType::ServerRecovered) == 1);
    CHECK(world.order(RemoveDomain{world.a}).ok());
    world.advance(seconds{600});
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
    CHECK(world.fleet().pools().empty());
}

TEST_CASE("announcer: a restart loses no digest and repeats none") {
    ToldPools world;
    world.leave(world.web1);
    world.confirm(world.a);
    world.restart();
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 0);
    world.confirm(world.b);
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
    CHECK(world.names(world.last()) == Names{"a.example.org", "b.example.org"});
    world.restart();
    world.advance(seconds{60});
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
}

TEST_CASE("announcer: after a restart a digest waits no longer than digest_wait") {
    ToldPools world;
    world.leave(world.web1);
    world.confirm(world.a);
    world.restart();
    world.advance(seconds{30});
    CHECK(world.times_told(NoticeType::FailoverTriggered) == 1);
    CHECK(world.last().pending == Names{"b.example.org"});
}

}  // namespace understudy
