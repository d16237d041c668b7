// The rounds in which a zone's name servers are asked what they answer: whom, how often, how long,
// and what is reported of it.
#include "tests/unit/runtime/served_stage.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("name servers are found by the resolver and each asked at every address") {
    ServedLimits limits;
    limits.resolver = "192.0.2.53";
    limits.resolver_port = 5300;
    limits.port = 5301;
    ServedStage stage{limits};
    stage.add(1, "www.example.org");
    stage.ask(1);
    REQUIRE(stage.names.submitted.size() == 1);
    const auto first = std::get<NameQuestion>(stage.names.submitted[0].transfer);
    CHECK(first.name == "example.org");
    CHECK(first.type == RecordType::Ns);
    CHECK(first.server == "192.0.2.53");
    CHECK(first.port == 5300);
    CHECK(first.recurse);
    for (int i = 0; i < 5; ++i)
        stage.answer_one();
    REQUIRE(stage.names.submitted.size() == 3);
    for (const auto& each : stage.names.submitted) {
        const auto& question = std::get<NameQuestion>(each.transfer);
        CHECK(question.name == "www.example.org");
        CHECK(question.type == RecordType::A);
        CHECK(question.port == 5301);
        CHECK_FALSE(question.recurse);
        CHECK_FALSE(question.tcp);
    }
    CHECK(stage.asked_of("2001:db8::2") == 1);
    stage.advance(Duration{700});
    stage.answer();
    REQUIRE(stage.reports.size() == 1);
    const RecordServed& told = stage.reports[0];
    CHECK(told.final);
    CHECK(told.generation == 2);
    CHECK(told.took == Duration{700});
    REQUIRE(told.said.size() == 2);
    CHECK(told.said[0].name == "ns1.example.net");
    CHECK(told.said[0].what == Saying::Wanted);
    CHECK(stage.rounds.next_deadline() == kNever);
}

TEST_CASE("who disagrees is asked again with growing pauses, and who agreed is not") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    const Answering stale = [](const NameQuestion& question) {
        return question.server == "198.51.100.1" ? with_addresses("192.0.2.1") : usual(question);
    };
    stage.answer(stale);
    REQUIRE(stage.reports.size() == 1);
    CHECK_FALSE(stage.reports[0].final);
    for (const int pause : {1, 2, 4, 8, 8}) {
        CAPTURE(pause);
        CHECK(stage.rounds.next_deadline() == stage.now + std::chrono::seconds{pause});
        stage.advance(std::chrono::seconds{pause});
        CHECK(stage.names.submitted.size() == 1);
        CHECK(stage.asked_of("198.51.100.1") == 1);
        stage.answer(stale);
    }
    stage.until_the_end(stale);
    REQUIRE(stage.reports.size() == 2);
    CHECK(stage.reports[1].final);
    CHECK(stage.reports[1].took == Duration{60'000});
    CHECK(stage.reports[1].said[0].what == Saying::Other);
    CHECK(stage.reports[1].said[0].content == served_content("192.0.2.1"));
    CHECK(stage.reports[1].said[1].what == Saying::Wanted);
}

TEST_CASE("one address that contradicts outweighs another that agrees") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    stage.until_the_end([](const NameQuestion& question) {
        return question.server == "2001:db8::2" ? with_addresses("") : usual(question);
    });
    REQUIRE(stage.reports.size() == 2);
    CHECK(stage.reports[1].said[1].what == Saying::Other);
    CHECK(stage.reports[1].said[1].words == "nothing");
}

TEST_CASE("who is silent over UDP is asked over TCP; one address of a server is enough") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    int over_tcp = 0;
    stage.answer([&](const NameQuestion& question) {
        if (question.server == "198.51.100.1" && !question.tcp) return silence();
        if (question.server == "2001:db8::2") return silence();
        over_tcp += question.tcp ? 1 : 0;
        return usual(question);
    });
    CHECK(over_tcp == 1);
    REQUIRE(stage.reports.size() == 1);
    CHECK(stage.reports[0].final);
    CHECK(stage.reports[0].said[0].what == Saying::Wanted);
    CHECK(stage.reports[0].said[1].what == Saying::Wanted);
}

TEST_CASE("what the first round lacks is said after it, and once") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    stage.until_the_end([](const NameQuestion& question) {
        return question.server == "198.51.100.1" ? silence() : usual(question);
    });
    REQUIRE(stage.reports.size() == 2);
    CHECK_FALSE(stage.reports[0].final);
    CHECK(stage.reports[1].final);
    CHECK(stage.reports[1].said[0].what == Saying::Nothing);
    CHECK(stage.reports[1].said[0].words == "no answer");
}

TEST_CASE("silence takes back nothing of what was answered before") {
    ServedLimits limits;
    limits.bound = Duration{11 * 60'000};  // longer than a zone's name servers are kept
    ServedStage stage{limits};
    stage.add(1, "www.example.org");
    stage.ask(1);
    const Answering stale = [](const NameQuestion& question) {
        return question.server == "198.51.100.1" ? with_addresses("192.0.2.1") : usual(question);
    };
    stage.answer(stale);
    SUBCASE("of a name server") {
        stage.until_the_end([](const NameQuestion& question) {
            return question.server == "198.51.100.1" ? silence() : usual(question);
        });
    }
    SUBCASE("of the resolver") {
        stage.until_the_end([&](const NameQuestion& question) {
            return question.recurse ? silence() : stale(question);
        });
    }
    REQUIRE(stage.reports.size() == 2);
    CHECK(stage.reports[1].final);
    REQUIRE(stage.reports[1].said.size() == 2);
    CHECK(stage.reports[1].said[0].what == Saying::Other);
    CHECK(stage.reports[1].said[0].content == served_content("192.0.2.1"));
    CHECK(stage.reports[1].said[0].words == "192.0.2.1");
}

TEST_CASE("name servers that cannot be found are looked for until the time is up") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    int asked = 0;
    stage.until_the_end([&](const NameQuestion&) {
        ++asked;
        return silence();
    });
    CHECK(asked > 3);
    REQUIRE(stage.reports.size() == 2);
    CHECK_FALSE(stage.reports[0].final);
    CHECK(stage.reports[1].said.empty());
    CHECK(stage.reports[1].problem == "its name servers were not found: the resolver no answer");
}

TEST_CASE("many domains of a zone share the look-up of its name servers") {
    ServedStage stage;
    for (int id = 1; id <= 20; ++id)
        stage.add(id, "n" + std::to_string(id) + ".example.org");
    int looked_up = 0;
    const Answering counting = [&](const NameQuestion& question) {
        looked_up += question.recurse ? 1 : 0;
        return usual(question);
    };
    for (int id = 1; id <= 20; ++id)
        stage.ask(id);
    stage.answer(counting);
    CHECK(looked_up == 5);
    CHECK(stage.reports.size() == 20);
    stage.ask(7);
    stage.answer(counting);
    CHECK(looked_up == 5);
    CHECK(stage.reports.size() == 21);
}

TEST_CASE("questions under way are bounded, altogether and of one zone") {
    ServedLimits limits;
    limits.in_flight = 8;
    ServedStage stage{limits};
    for (int id = 1; id <= 40; ++id)
        stage.add(id, "n" + std::to_string(id) + ".example.org",
                  id <= 20 ? "example.org" : "zone" + std::to_string(id) + ".example.org");
    for (int id = 1; id <= 20; ++id)
        stage.ask(id);
    for (int i = 0; i < 5; ++i)
        stage.answer_one();
    CHECK(stage.names.submitted.size() == 2);
    for (int id = 21; id <= 40; ++id)
        stage.ask(id);
    std::size_t most = 0;
    stage.answer([&](const NameQuestion& question) {
        most = std::max(most, stage.names.submitted.size() + 1);
        return usual(question);
    });
    CHECK(most <= 8);
    CHECK(stage.reports.size() == 40);
}

TEST_CASE("an address that was silent is not waited for by every domain of its zone") {
    ServedLimits limits;
    limits.in_flight = 8;
    ServedStage stage{limits};
    for (int id = 1; id <= 50; ++id) {
        stage.add(id, "n" + std::to_string(id) + ".example.org");
        stage.ask(id);
    }
    int silent = 0;
    stage.answer([&](const NameQuestion& question) {
        if (question.server != "198.51.100.1") return usual(question);
        ++silent;
        return silence();
    });
    CHECK(silent <= 8);
    CHECK(stage.reports.size() == 50);
    stage.advance(Duration{1'000});
    CHECK(stage.names.submitted.empty());
    stage.advance(Duration{5'000});
    CHECK(stage.asked_of("198.51.100.1") > 0);
}

TEST_CASE("a question that was lost among answers is no silence") {
    ServedStage stage;
    stage.add(1, "lost.example.org");
    stage.add(2, "www.example.org");
    stage.ask(1);
    stage.ask(2);
    int lost = 0;
    const Answering losing = [&](const NameQuestion& question) {
        const bool its = question.name == "lost.example.org" && question.server == "198.51.100.1";
        lost += its ? 1 : 0;
        return its ? silence() : usual(question);
    };
    stage.answer(losing);
    CHECK(lost == 2);
    stage.add(3, "shop.example.org");
    stage.ask(3);
    CHECK(stage.asked_of("198.51.100.1") == 1);
    stage.answer(losing);
    CHECK(stage.reports.size() == 3);
}

TEST_CASE("an answer ends the silence of its address") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.add(2, "shop.example.org");
    stage.ask(1);
    for (int i = 0; i < 5; ++i)
        stage.answer_one();
    stage.ask(2);
    // Each question of the first is lost; the second's are still under way.
    const auto first = [](const NameQuestion& question) {
        return question.name == "www.example.org" ? silence() : usual(question);
    };
    std::vector<Submitted> later;
    while (!stage.names.submitted.empty()) {
        const Submitted next = stage.names.take();
        const auto& question = std::get<NameQuestion>(next.transfer);
        if (question.name == "shop.example.org") {
            later.push_back(next);
        } else {
            stage.finish(next.id, first(question));
        }
    }
    stage.add(3, "mail.example.org");
    stage.ask(3);
    CHECK(stage.names.submitted.empty());
    for (const Submitted& each : later)
        stage.finish(each.id, usual(std::get<NameQuestion>(each.transfer)));
    stage.add(4, "blog.example.org");
    stage.ask(4);
    CHECK(stage.names.submitted.size() == 3);
}

TEST_CASE("a newer generation takes the older one's place, and a domain that is gone has none") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    for (int i = 0; i < 5; ++i)
        stage.answer_one();
    Domain newer = *stage.fleet.domain(DomainId{1});
    newer.record.generation = 3;
    stage.fleet.put(newer);
    stage.answer();
    CHECK(stage.reports.empty());
    stage.ask(1, 3);
    stage.answer();
    REQUIRE(stage.reports.size() == 1);
    CHECK(stage.reports[0].generation == 3);
    stage.ask(1, 3);
    stage.fleet.erase(DomainId{1});
    stage.answer();
    CHECK(stage.reports.size() == 1);
    CHECK(stage.rounds.next_deadline() == kNever);
}

TEST_CASE("IPv6 is asked for where it is ours") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    Domain both = *stage.fleet.domain(DomainId{1});
    both.with_ipv6 = true;
    stage.fleet.put(both);
    stage.ask(1);
    stage.until_the_end([](const NameQuestion& question) {
        const bool late = question.name == "www.example.org" && question.type == RecordType::Aaaa;
        return late ? with_addresses("2001:db8::1") : usual(question);
    });
    REQUIRE(stage.reports.size() == 2);
    CHECK(stage.reports[1].said[0].words == "192.0.2.2, 2001:db8::1");
    CHECK(stage.reports[1].said[0].what == Saying::Other);
}

TEST_CASE("of a proxied name its edge is asked for what the pool checks") {
    ServedStage stage;
    stage.add(1, "www.example.org", "example.org", true);
    Pool pool = *stage.fleet.pool(stage.fleet.domain(DomainId{1})->pool);
    pool.policy.probe_proxy_protocol = ProxyProtocol::V1;  // the servers take it, an edge does not
    stage.fleet.put(pool);
    stage.ask(1);
    stage.answer([](const NameQuestion& question) {
        CHECK(question.recurse);
        CHECK(question.name == "www.example.org");
        return with_addresses(question.type == RecordType::Aaaa ? "2001:db8::e" : "198.51.100.200");
    });
    REQUIRE(stage.probes.submitted.size() == 2);
    const Submitted first = stage.probes.take();
    const auto& probe = std::get<ServiceProbe>(first.transfer);
    CHECK(probe.address == "198.51.100.200");
    CHECK(probe.name == "www.example.org");
    CHECK(to_string(probe.terms.target) == "https:443/health");
    CHECK(probe.terms.proxy_protocol == ProxyProtocol::Off);
    stage.finish(first.id, ServiceAnswer{Verdict::Serves, "https 443: 200", false, true});
    SUBCASE("it serves, and where it cannot be reached it is no witness") {
        stage.finish(stage.probes.take().id,
                     ServiceAnswer{Verdict::Dead, "https 443: no answer", false, false});
        REQUIRE(stage.reports.size() == 1);
        CHECK(stage.reports[0].edge);
        CHECK(stage.reports[0].said[0].what == Saying::Wanted);
    }
    SUBCASE("it answered without the service, and is silent at the end") {
        stage.finish(stage.probes.take().id,
                     ServiceAnswer{Verdict::Dead, "https 443: status 522", false, true});
        stage.advance(Duration{60'000});
        stage.answer([](const NameQuestion&) { return silence(); });
        REQUIRE(stage.reports.size() == 2);
        REQUIRE(stage.reports[1].said.size() == 1);
        CHECK(stage.reports[1].said[0].what == Saying::Other);
        CHECK(stage.reports[1].said[0].words == "https 443: status 522");
    }
    SUBCASE("it answers, but not with the service") {
        stage.finish(stage.probes.take().id,
                     ServiceAnswer{Verdict::Dead, "https 443: status 522", false, true});
        REQUIRE(stage.reports.size() == 1);
        CHECK_FALSE(stage.reports[0].final);
        CHECK(stage.reports[0].said[0].what == Saying::Other);
        stage.advance(Duration{60'000});
        stage.answer([](const NameQuestion&) { return with_addresses(""); });
        REQUIRE(stage.reports.size() == 2);
        CHECK(stage.reports[1].said.empty());
        CHECK(stage.reports[1].problem == "its name has no address");
    }
}

TEST_CASE("where nobody can be asked nothing is") {
    ServedLimits off;
    off.enabled = false;
    ServedStage stage{off};
    stage.add(1, "www.example.org");
    stage.ask(1);
    CHECK(stage.names.submitted.empty());
    CHECK(stage.rounds.next_deadline() == kNever);
}
