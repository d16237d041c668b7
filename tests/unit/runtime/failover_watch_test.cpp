#include "controller/runtime/failover_watch.h"

#include <doctest/doctest.h>

#include "controller/core/engine.h"

using namespace understudy;

namespace {

// A domain's row as it is saved while its record follows, at so many seconds.
class Story {
  public:
    void save(int seconds) {
        const Instant now{std::chrono::seconds{seconds}};
        watch.note(SaveDomain{domain}, engine.view(now), measures);
    }
    void decide(int seconds) {
        ++domain.record.generation;
        save(seconds);
    }
    void confirm(int seconds, Served state) {
        domain.record.confirmed_generation = domain.record.generation;
        domain.serving.state = state;
        domain.serving.generation = domain.record.generation;
        save(seconds);
    }

    Engine engine{{}, {}, {}, Instant{}, WallTime{}};
    Domain domain = named("www.example.org");
    FailoverWatch watch;
    Measures measures;

  private:
    static Domain named(const char* name) {
        Domain made;
        made.id.value = 9;
        made.name = name;
        return made;
    }
};

}  // namespace

TEST_CASE("a record's way is timed from its decision, and from its confirmation") {
    Story story;
    story.save(90);  // at home: nothing is under way
    story.decide(100);
    story.save(101);  // a try that was refused
    story.confirm(104, Served::Asked);
    story.save(106);
    CHECK(story.measures.confirmation.count() == 1);
    CHECK(story.measures.confirmation.sum() == 4);
    CHECK(story.measures.serving.count() == 0);
    story.confirm(110, Served::All);
    CHECK(story.measures.serving.sum() == 6);
    story.save(200);
    CHECK(story.measures.confirmation.count() == 1);
    CHECK(story.measures.serving.count() == 1);
}

TEST_CASE("a newer decision begins anew, and what is not proven is not counted as served") {
    Story story;
    story.decide(100);
    story.decide(110);
    story.confirm(111, Served::Unproven);
    CHECK(story.measures.confirmation.count() == 1);
    CHECK(story.measures.confirmation.sum() == 1);
    story.confirm(120, Served::All);
    CHECK(story.measures.serving.count() == 0);
}

TEST_CASE("a stranger's record and one that is gone are timed no more") {
    Story story;
    story.decide(100);
    story.domain.record.foreign = AddressSet{};
    story.save(101);
    story.domain.record.foreign.reset();
    story.confirm(150, Served::All);
    CHECK(story.measures.confirmation.count() == 0);
    story.decide(200);
    story.watch.note(DeleteDomain{story.domain.id}, story.engine.view(Instant{}), story.measures);
    story.confirm(250, Served::All);
    CHECK(story.measures.confirmation.count() == 0);
}

TEST_CASE("log lines are counted by type") {
    Story story;
    AppendLog line;
    line.line.type = EventType::OutageStarted;
    for (int i = 0; i < 3; ++i)
        story.watch.note(line, story.engine.view(Instant{}), story.measures);
    CHECK(story.measures.log_lines == std::map<std::string, std::uint64_t>{{"outage_started", 3}});
}
