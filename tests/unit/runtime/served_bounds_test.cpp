// How much the rounds do at a time when very many records are asked about at once.
#include "tests/unit/runtime/served_stage.h"

using namespace understudy;
using namespace understudy::test;

TEST_CASE("one call reports a bounded number, and the rest follows at once") {
    ServedStage stage;
    for (int id = 1; id <= 3'001; ++id)
        stage.add(id, "n" + std::to_string(id) + ".example.org");
    const Answering no_port_53 = [](const NameQuestion& question) {
        return question.recurse ? usual(question) : silence();
    };
    stage.ask(1);
    stage.answer(no_port_53);
    REQUIRE(stage.reports.size() == 1);
    for (int id = 2; id <= 3'001; ++id)
        stage.rounds.ask({DomainId{id}, 2, served_content("192.0.2.2")}, stage.now);
    std::size_t most = 0;
    int calls = 0;
    do {
        const std::size_t before = stage.reports.size();
        stage.start();
        most = std::max(most, stage.reports.size() - before);
        ++calls;
    } while (stage.rounds.next_deadline() <= stage.now);
    CHECK(stage.names.submitted.empty());
    CHECK(stage.reports.size() == 3'001);
    CHECK(most <= 400);
    CHECK(calls >= 8);
}

TEST_CASE("records beyond a thousand wait for those whose round is open, and none is forgotten") {
    ServedStage stage;
    for (int id = 1; id <= 2'500; ++id) {
        stage.add(id, "n" + std::to_string(id) + ".example.org",
                  "zone" + std::to_string(id) + ".example.org");
        stage.rounds.ask({DomainId{id}, 2, served_content("192.0.2.2")}, stage.now);
    }
    stage.start();
    CHECK(stage.rounds.next_deadline() == kNever);
    stage.until_the_end(usual);
    CHECK(stage.reports.size() == 2'500);
}

TEST_CASE("a newer generation may come while many wait") {
    ServedStage stage;
    stage.add(1, "www.example.org");
    for (const std::int64_t generation : {2, 3}) {
        Domain domain = *stage.fleet.domain(DomainId{1});
        domain.record.generation = generation;
        stage.fleet.put(domain);
        stage.rounds.ask({DomainId{1}, generation, served_content("192.0.2.2")}, stage.now);
        stage.advance(Duration{1});
    }
    stage.until_the_end(usual);
    REQUIRE(stage.reports.size() == 1);
    CHECK(stage.reports[0].generation == 3);
}
