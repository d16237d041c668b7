// What siblings are not asked, or not yet: what their agents would refuse.
#include <doctest/doctest.h>

#include "tests/unit/runtime/sibling_round.h"

using namespace understudy;
using namespace understudy::test;

namespace {

// The one sibling is asked about so many servers.
void watch_more(Round& round, std::int64_t servers) {
    round.linked = {2};
    Pool pool = *round.fleet.pool(PoolId{100});
    for (std::int64_t id = 11; id < 11 + servers; ++id) {
        round.add(id);
        round.linked.erase(id);
        pool.members.push_back(ServerId{id});
    }
    round.fleet.put(pool);
    round.rounds.plan(round.plan.make(round.fleet), round.now);
}

}  // namespace

TEST_CASE("sibling limits: an agent has fewer open questions than it takes; others wait") {
    Round round{2};
    watch_more(round, 20);
    round.run();
    for (std::int64_t id = 11; id < 31; ++id)
        round.rounds.ask(ServerId{id}, round.now);
    const Instant begin = round.now;
    std::size_t most = 0;
    while (round.now < begin + kMinute) {
        round.now = std::max(round.now, round.rounds.next_deadline());
        round.run();
        most = std::max(most, round.rounds.counters().in_flight);
    }
    CHECK(most == wire::kProbesAtOnce - 1);
    // All were asked about: nobody was left out.
    std::set<std::string> addresses;
    for (const Asked& each : round.asked)
        addresses.insert(each.probe.address);
    CHECK(addresses.size() == 21);
}

TEST_CASE("sibling limits: one address is asked for every two seconds, whatever the service") {
    Round round{2};
    Pool pool = *round.fleet.pool(PoolId{100});
    pool.id = PoolId{101};
    pool.policy.probe = *parse_probe_target("http:80/");
    round.fleet.put(pool);
    Domain domain = *round.fleet.domain(DomainId{200});
    domain.id = DomainId{201};
    domain.pool = pool.id;
    domain.name = "other.example.org";
    round.fleet.put(domain);
    round.rounds.plan(round.plan.make(round.fleet), round.now);
    round.calibrate();
    round.lose_link();
    round.pass(kMinute, kServes);
    const auto asked = round.take_answered();
    REQUIRE(asked.size() >= 20);
    for (std::size_t i = 1; i < asked.size(); ++i)
        CHECK(asked[i].at - asked[i - 1].at >= wire::kProbeInterval);
}

TEST_CASE("sibling limits: who comes back from maintenance is asked again") {
    Round round{2};
    round.maintain(2);
    round.pass(3 * kMinute, kServes);
    CHECK(round.take_answered().empty());
    round.add(2);
    round.pass(3 * kMinute, kServes);
    CHECK_FALSE(round.take_answered().empty());
}

TEST_CASE("sibling limits: what the protocol cannot say is not asked") {
    Round round{2};
    Pool pool = *round.fleet.pool(PoolId{100});
    const auto asked_with = [&](const std::string& text, const std::string& name) {
        pool.policy.probe_text = text;
        round.fleet.put(pool);
        Domain domain = *round.fleet.domain(DomainId{200});
        domain.name = name;
        round.fleet.put(domain);
        round.rounds.plan(round.plan.make(round.fleet), round.now);
        round.pass(2 * kMinute, kServes);
        const auto asked = round.take_answered();
        for (const Asked& each : asked)
            CHECK(wire::decode_controller_message(wire::encode(wire::ControllerMessage{each.probe}))
                      .ok());
        return !asked.empty();
    };
    CHECK(asked_with("all is well", "www.example.org"));
    CHECK_FALSE(asked_with("all\tis well", "www.example.org"));
    CHECK_FALSE(asked_with("all is\nwell", "www.example.org"));
    CHECK_FALSE(asked_with("all is\u200bwell", "www.example.org"));
    CHECK(asked_with("", "*.example.org"));
    CHECK_FALSE(asked_with("", "*." + std::string(250, 'a')));
}

TEST_CASE("sibling limits: what was asked about an old address is no word on the new one") {
    Round round{2};
    const Asked open = round.next_question();
    Server server = *round.fleet.server(kWeb1);
    round.rounds.moved(server);
    CHECK(round.rounds.counters().in_flight == 1);
    server.ipv4 = *parse_ipv4("192.0.2.99");
    round.rounds.moved(server);
    CHECK(round.rounds.counters().in_flight == 0);
    CHECK_FALSE(round.answer(open, kDead));
    round.fleet.put(server);
    round.rounds.plan(round.plan.make(round.fleet), round.now);
    CHECK(round.next_question().probe.address == "192.0.2.99");
}

TEST_CASE("sibling limits: of many agents those few are found that know the PROXY protocol") {
    Round round{200};
    Pool pool = *round.fleet.pool(PoolId{100});
    pool.policy.probe_proxy_protocol = ProxyProtocol::V1;
    round.fleet.put(pool);
    round.proxying = {50, 120, 199};
    round.rounds.plan(round.plan.make(round.fleet), round.now);
    round.pass(kMinute - Duration{1}, kServes);  // before it looks for more
    std::set<std::int64_t> by;
    for (const Asked& each : round.take_answered())
        by.insert(each.by.value);
    CHECK(by == round.proxying);
}
