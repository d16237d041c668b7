// When siblings are asked, and what becomes of their answers.
#include "controller/runtime/probes/sibling_rounds.h"

#include <doctest/doctest.h>

#include "tests/unit/runtime/sibling_round.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("sibling rounds: each of three is asked once a minute, at times by lot") {
    Round round;
    round.pass(kMinute, kServes);
    auto asked = round.take_answered();
    CHECK(asked.size() == 3);
    CHECK(who(asked) == std::set<std::int64_t>{2, 3, 4});
    CHECK(asked[0].at != asked[1].at);
    round.pass(10 * kMinute, kServes);
    asked = round.take_answered();
    CHECK(asked.size() == 30);
    const auto& probe = asked[0].probe;
    CHECK(probe.kind == wire::ProbeKind::Https);
    CHECK(probe.address == "192.0.2.1");
    CHECK(probe.port == 443);
    CHECK(probe.host == "www.example.org");
    CHECK(probe.path == "/health");
    CHECK(probe.fall == 3);
}

TEST_CASE("sibling rounds: what is found is told the engine, for twice the interval") {
    Round round{2};
    round.pass(kMinute, kServes);
    REQUIRE(round.said.size() == 1);
    const ServiceProbed& probed = round.said[0];
    CHECK(probed.server == kWeb1);
    CHECK(probed.by == ServerId{2});
    CHECK(probed.service == round.service());
    CHECK(probed.verdict == Verdict::Serves);
    CHECK(probed.sentence == "https 443: 200");
    // 3 attempts, 1 s apart, of 3 s; and 5 s for the ways.
    CHECK(probed.valid_for == 2 * kMinute + Duration{5'000} + Duration{5'000});
}

TEST_CASE("sibling rounds: a lost link has them asked at once, and every five seconds") {
    Round round;
    round.calibrate();
    round.lose_link();
    const Instant lost = round.now;
    round.pass(Duration{1'000}, kServes);
    auto asked = round.take_answered();
    CHECK(who(asked) == std::set<std::int64_t>{2, 3, 4});
    for (const Asked& each : asked)
        CHECK(each.at - lost <= Duration{1'000});
    round.pass(kMinute, kServes);
    CHECK(round.take_answered().size() == 36);
    CHECK(round.said.back().valid_for == Duration{20'000});
    // Linked again: once a minute, as before.
    round.rounds.note(AgentLinked{kWeb1, 2, "peer", true, "", {}}, round.now);
    round.linked.insert(1);
    round.pass(Duration{6'000}, kServes);
    round.take_answered();
    round.pass(2 * kMinute, kServes);
    CHECK(round.take_answered().size() == 6);
}

TEST_CASE("sibling rounds: a word that counts and says dead makes all of them look") {
    Round round;
    round.calibrate();
    const Asked first = round.next_question();
    CHECK(round.answer(first, kDead)->verdict == Verdict::Dead);
    round.run();
    CHECK(round.asked.size() == 2);
    round.pass(kMinute, kDead);
    CHECK(round.take_answered().size() >= 33);
    // One finds it again: the others still call it dead.
    round.pass(Duration{6'000}, kServes);
    round.take_answered();
    round.pass(2 * kMinute, kServes);
    CHECK(round.take_answered().size() == 6);
}

TEST_CASE("sibling rounds: who finds it again is asked again before that word is too old") {
    Round round{2};
    round.calibrate();
    round.answer(round.next_question(), kDead);
    const Asked found = round.next_question();
    const auto said = round.answer(found, kServes);
    REQUIRE(said);
    CHECK(round.next_question().at - found.at < said->valid_for);
}

TEST_CASE("sibling rounds: so does the controller's word, if it counts") {
    Round round;
    round.calibrate();
    const ServiceProbed dead{kWeb1, {}, round.service(), Verdict::Dead, "", {}, {}};
    ServiceProbed serves = dead;
    serves.verdict = Verdict::Serves;
    round.rounds.note(dead, round.now);  // behind a firewall it was never reached
    round.run();
    CHECK(round.asked.empty());
    round.rounds.note(serves, round.now);
    round.now += Duration{2'000};
    round.rounds.note(dead, round.now);
    round.pass(kMinute - Duration{3'000}, kServes);
    CHECK(round.take_answered().size() == 36);
    round.rounds.note(serves, round.now);
    round.pass(Duration{6'000}, kServes);
    round.take_answered();
    round.pass(2 * kMinute, kServes);
    CHECK(round.take_answered().size() == 6);
}

TEST_CASE("sibling rounds: who never reached it is not asked fast for what would not count") {
    Round round;
    round.lose_link();
    round.pass(10 * kMinute, kDead);
    CHECK(round.take_answered().size() <= 33);
    // And one that serves after all is.
    round.pass(kMinute, kServes);
    round.take_answered();
    round.pass(kMinute, kServes);
    CHECK(round.take_answered().size() == 36);
}

TEST_CASE("sibling rounds: what the engine asks for comes at once, and again if one was open") {
    Round round{2};
    const Asked open = round.next_question();
    round.now += Duration{2'000};
    round.rounds.ask(kWeb1, round.now);
    round.run();
    CHECK(round.asked.empty());
    round.answer(open, kServes);
    round.run();
    REQUIRE(round.asked.size() == 1);
    CHECK(round.asked[0].probe.id != open.probe.id);
    CHECK(round.said.back().took == Duration{2'000});
}

TEST_CASE("sibling rounds: one that does not answer in time has said nothing") {
    Round round{2};
    const Asked open = round.next_question();
    round.now = open.at + Duration{9'999};
    round.run();
    CHECK(round.said.empty());
    round.now = open.at + Duration{10'000};
    round.run();
    REQUIRE(round.said.size() == 1);
    CHECK(round.said[0].verdict == Verdict::Nothing);
    CHECK_FALSE(round.answer(open, kServes));  // late
    CHECK(round.rounds.counters().ignored == 1);
}

TEST_CASE("sibling rounds: answers to what is not open are ignored") {
    Round round;
    const Asked open = round.next_question();
    Asked other = open;
    other.by = ServerId{open.by.value == 2 ? 3 : 2};
    CHECK_FALSE(round.answer(other, kDead));
    Asked unknown = open;
    unknown.probe.id = 999;
    CHECK_FALSE(round.answer(unknown, kDead));
    unknown.probe.id = 0;
    CHECK_FALSE(round.answer(unknown, kDead));
    CHECK(round.answer(open, kServes));
    CHECK_FALSE(round.answer(open, kDead));  // twice
}

TEST_CASE("sibling rounds: the same ones as long as they stay linked") {
    Round round{9};
    round.pass(kMinute, kServes);
    const auto first = who(round.take_answered());
    CHECK(first.size() == 3);
    round.pass(5 * kMinute, kServes);
    CHECK(who(round.take_answered()) == first);

    // An agent that restarts keeps its services.
    const auto one = *first.begin();
    round.linked.erase(one);
    round.pass(Duration{20'000}, kServes);
    round.linked.insert(one);
    round.pass(2 * kMinute, kServes);
    CHECK(who(round.take_answered()) == first);

    // One that stays away is replaced, and so is one in maintenance.
    round.linked.erase(one);
    round.maintain(*first.rbegin());
    round.pass(3 * kMinute, kServes);
    round.take_answered();
    round.pass(kMinute, kServes);
    const auto later = who(round.take_answered());
    CHECK(later.size() == 3);
    CHECK_FALSE(later.contains(one));
    CHECK_FALSE(later.contains(*first.rbegin()));
}

TEST_CASE("sibling rounds: old agents are never asked; new ones fill in when they link") {
    Round round{4};
    round.linked.clear();
    round.pass(5 * kMinute, kServes);
    CHECK(round.take_answered().empty());
    CHECK(round.rounds.next_deadline() >= round.now);  // looks again, rarely
    round.linked = {3};
    round.rounds.note(AgentLinked{ServerId{3}, 5, "peer", true, "", {}}, round.now);
    round.pass(2 * kMinute, kServes);
    const auto asked = round.take_answered();
    CHECK(who(asked) == std::set<std::int64_t>{3});
    CHECK(asked.size() == 2);
}

TEST_CASE("sibling rounds: auto tries https and then http, and stays with what served") {
    Round round{2, "auto"};
    const Asked https = round.next_question();
    CHECK(https.probe.kind == wire::ProbeKind::Https);
    CHECK(https.probe.port == 443);
    CHECK(round.answer(https, kDead)->verdict == Verdict::Nothing);
    round.now += Duration{2'000};
    round.run();
    REQUIRE(round.asked.size() == 1);
    CHECK(round.asked[0].probe.kind == wire::ProbeKind::Http);
    CHECK(round.asked[0].probe.port == 80);
    round.answer_all(kServes);
    round.take_answered();
    round.pass(2 * kMinute, kServes);
    for (const Asked& each : round.take_answered())
        CHECK(each.probe.kind == wire::ProbeKind::Http);
    round.lose_link();
    round.pass(Duration{4'000}, kDead);
    CHECK(round.said.back().verdict == Verdict::Dead);
}

TEST_CASE("sibling rounds: a server in maintenance and one that is gone are not hurried after") {
    Round round;
    round.calibrate();
    round.maintain(1);
    round.lose_link();
    round.pass(kMinute, kServes);
    CHECK(round.take_answered().size() <= 6);
    round.rounds.plan({}, round.now);
    CHECK(round.rounds.next_deadline() == kNever);
    CHECK(round.rounds.counters().in_flight == 0);
}

TEST_CASE("sibling rounds: no agent is asked more than it takes") {
    Round round{2};
    round.linked = {2};
    Pool pool = *round.fleet.pool(PoolId{100});
    for (std::int64_t id = 11; id <= 70; ++id) {
        round.add(id);
        round.linked.erase(id);
        pool.members.push_back(ServerId{id});
    }
    round.fleet.put(pool);
    round.rounds.plan(round.plan.make(round.fleet), round.now);
    round.pass(2 * kMinute, kServes);
    const auto asked = round.take_answered();
    std::set<std::string> addresses;
    for (const Asked& each : asked) {
        addresses.insert(each.probe.address);
        CHECK(each.by == ServerId{2});
    }
    CHECK(addresses.size() == kServicesOfSibling);
    // All of them at once are spread over time.
    for (std::int64_t id = 11; id <= 70; ++id)
        round.rounds.ask(ServerId{id}, round.now);
    const Instant begin = round.now;
    round.pass(Duration{10'000}, kServes);
    std::size_t soon = 0;
    for (const Asked& each : round.take_answered())
        soon += std::size_t{each.at - begin <= Duration{1'000}};
    CHECK(soon <= 10);
}

TEST_CASE("sibling rounds: who does not know the PROXY protocol is not asked to begin with it") {
    Round round{6};
    Pool pool = *round.fleet.pool(PoolId{100});
    pool.policy.probe_proxy_protocol = ProxyProtocol::V1;
    round.fleet.put(pool);
    round.proxying = {3, 5};
    round.rounds.plan(round.plan.make(round.fleet), round.now);
    round.pass(2 * kMinute, kServes);
    std::set<std::int64_t> by;
    for (const Asked& each : round.take_answered()) {
        CHECK(each.probe.proxy_protocol);
        by.insert(each.by.value);
    }
    CHECK(by == std::set<std::int64_t>{3, 5});
    // Back with an older program: it is left alone, and another takes its place.
    round.proxying = {5, 6};
    round.pass(3 * kMinute, kServes);
    by.clear();
    for (const Asked& each : round.take_answered())
        if (each.at > round.now - kMinute) by.insert(each.by.value);
    CHECK(by == std::set<std::int64_t>{5, 6});
}
