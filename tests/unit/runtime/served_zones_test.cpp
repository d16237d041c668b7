// Which name servers the rounds find, for how long they are kept, and whose addresses are asked.
#include "tests/unit/runtime/served_stage.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("the oldest zone makes way when too many are known") {
    RecordingOutbound names;
    TransferIds ids;
    ZoneServers zones{names, ids, ServedLimits{}};
    Instant now = test::kStart;
    int looked_up = 0;
    const auto learn = [&](const std::string& zone) {
        if (zones.of(zone, now) != nullptr) return;
        ++looked_up;
        for (zones.start(10); !names.submitted.empty(); zones.start(10)) {
            const Submitted next = names.take();
            std::string found;
            zones.finished({next.id, usual(std::get<NameQuestion>(next.transfer))}, now, found);
        }
    };
    for (int i = 0; i <= 10'000; ++i) {
        learn("z" + std::to_string(i) + ".example.org");
        now += Duration{1};
    }
    CHECK(looked_up == 10'001);
    learn("z1.example.org");
    CHECK(looked_up == 10'001);
    learn("z0.example.org");
    CHECK(looked_up == 10'002);
    learn("z10000.example.org");
    CHECK(looked_up == 10'002);
}

TEST_CASE("a name server whose address could not be looked up is looked for again soon") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    int asked = 0;
    const Answering once = [&](const NameQuestion& question) {
        const bool fails = question.name == "ns1.example.net" && ++asked <= 2;
        return fails ? silence() : usual(question);
    };
    stage.answer(once);
    REQUIRE(stage.reports.size() == 1);
    CHECK(stage.reports[0].said[0].words == "has no address");
    stage.until_the_end(once);
    REQUIRE(stage.reports.size() == 2);
    CHECK(stage.reports[1].final);
    CHECK(stage.reports[1].took < Duration{15'000});
    CHECK(stage.reports[1].said[0].what == Saying::Wanted);
}

TEST_CASE("a name server that has no address is no reason to look again") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    int looked_up = 0;
    stage.until_the_end([&](const NameQuestion& question) {
        looked_up += question.type == RecordType::Ns ? 1 : 0;
        return question.name == "ns1.example.net" ? with_addresses("") : usual(question);
    });
    CHECK(looked_up == 1);
}

TEST_CASE("name servers on networks of one's own are asked only where that is allowed") {
    ServedLimits limits;
    SUBCASE("some") {}
    SUBCASE("allowed") {
        limits.allow_private_addresses = true;
    }
    ServedStage stage{limits};
    stage.add(1, "www.example.org");
    stage.ask(1);
    int inside = 0;
    stage.until_the_end([&](const NameQuestion& question) {
        inside += question.server == "10.0.0.1" ? 1 : 0;
        const bool its = question.name == "ns1.example.net" && question.type == RecordType::A;
        return its ? with_addresses("10.0.0.1") : usual(question);
    });
    const NameServerSaid& first = stage.reports.back().said.at(0);
    CHECK(inside == (limits.allow_private_addresses ? 1 : 0));
    CHECK((first.what == Saying::Wanted) == limits.allow_private_addresses);
    if (!limits.allow_private_addresses)
        CHECK(first.words == "not asked: private (RFC 1918) address");
}

TEST_CASE("a zone all of whose name servers are on networks of one's own says so") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    stage.ask(1);
    stage.until_the_end([](const NameQuestion& question) {
        if (question.type == RecordType::Ns) return usual(question);
        return with_addresses(question.type == RecordType::A ? "127.0.0.1" : "");
    });
    CHECK(stage.reports.back().said.empty());
    CHECK(stage.reports.back().problem == "its name servers are not asked: loopback address");
}

TEST_CASE("look-ups leave half of what may be under way to the name servers") {
    ServedLimits limits;
    limits.in_flight = 8;
    ServedStage stage{limits};
    stage.add(1, "www.example.org");
    stage.ask(1);
    for (int i = 0; i < 5; ++i)
        stage.answer_one();
    stage.answer();
    for (int id = 2; id <= 40; ++id) {
        stage.add(id, "n" + std::to_string(id) + ".example.org",
                  "zone" + std::to_string(id) + ".example.org");
        stage.ask(id);
    }
    CHECK(stage.names.submitted.size() == 4);
    stage.add(41, "shop.example.org");
    stage.ask(41);
    CHECK(stage.asked_of("198.51.100.1") == 1);
}
