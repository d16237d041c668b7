// What is less urgent than a failover: people's questions, the maintenance loop's comparison.
#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

Capabilities window_of(int calls) {
    Capabilities capabilities;
    capabilities.calls_per_window = calls;
    capabilities.window = std::chrono::seconds{300};
    return capabilities;
}

Question locating(const std::string& name, std::vector<Result<Location>>& answers) {
    return {[name](const Provider& provider) { return provider.locate(name); },
            [&answers](const Result<Location>& result) { answers.push_back(result); }};
}

Question finding_zones(const std::vector<std::string>& names,
                       std::vector<Result<ZoneFindings>>& answers) {
    return {[names](const Provider& provider) { return provider.find_zones(names); },
            [&answers](const Result<ZoneFindings>& result) { answers.push_back(result); }};
}

void ask(World& world, std::vector<Result<Location>>& answers, const std::string& name) {
    world.dispatcher.ask(ProviderId{1}, locating(name, answers), world.now);
}

std::vector<std::string> urls(const World& world) {
    std::vector<std::string> found;
    for (const auto& each : world.outbound.submitted)
        found.push_back(each.http().url);
    return found;
}

}  // namespace

TEST_CASE("the maintenance loop reads every zone once and reports what it shows") {
    World world;
    world.add_domain(41, "a.example.org", "z1");
    world.add_domain(42, "b.example.org", "z1");
    Domain with_ipv6 = *world.fleet.domain(world.add_domain(43, "c.example.org", "z1"));
    with_ipv6.with_ipv6 = true;
    world.save(with_ipv6);
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    CHECK(urls(world) ==
          std::vector<std::string>{"read z1 a.example.org b.example.org c.example.org"});
    const auto observed = inputs_of<RecordObserved>(world.answer(200));
    REQUIRE(observed.size() == 3);
    CHECK(observed[0].domain == DomainId{41});
    CHECK(observed[0].generation == 1);
    CHECK(to_string(observed[0].observed.addresses) == "203.0.113.99");
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
}

TEST_CASE("failovers go before questions, questions before background reads") {
    DispatcherLimits limits = World::quiet_limits();
    limits.operations_in_flight = 1;
    World world{{}, limits};
    std::vector<Result<Location>> answers;
    world.add_domain(42, "b.example.org", "z2");
    world.dispatcher.check_records(world.now, world.wall);
    ask(world, answers, "q.example.org");
    world.wish(world.add_domain(41, "a.example.org", "z1"), "192.0.2.12");
    world.dispatch();
    CHECK(world.outbound.submitted[0].http().url == "replace z1 a.example.org=192.0.2.12");
    world.confirm(world.answer(200));
    CHECK(world.outbound.submitted[0].http().url == "locate q.example.org");
    world.answer(200);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].ok());
    CHECK(world.outbound.submitted[0].http().url.starts_with("read "));
}

TEST_CASE("a reading that a write overtook is dropped") {
    World world;
    const auto id = world.add_domain(41, "a.example.org");
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    world.wish(id, "192.0.2.12");
    world.dispatch();  // a failover does not wait for the reading
    CHECK(urls(world) ==
          std::vector<std::string>{"read z1 a.example.org", "replace z1 a.example.org=192.0.2.12"});
    CHECK(inputs_of<RecordObserved>(world.answer(200)).empty());
    CHECK(inputs_of<RecordConfirmed>(world.answer(200)).size() == 1);
}

TEST_CASE("a record that cannot be read as one is reported with the reason") {
    World world;
    world.add_domain(41, "mixed.example.org");
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    const auto observed = inputs_of<RecordObserved>(world.answer(200));
    REQUIRE(observed.size() == 1);
    CHECK(observed[0].problem == "its members differ (make them alike)");
    CHECK(observed[0].observed.addresses.empty());
}

TEST_CASE("a zone that is being written is read afterwards") {
    World world;
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 1);
    world.confirm(world.answer(200));
    CHECK(urls(world) == std::vector<std::string>{"read z1 a.example.org"});
}

TEST_CASE("a record that may have been changed by half is judged by the next try alone") {
    for (const bool whole : {true, false}) {
        CAPTURE(whole);
        Capabilities can;
        can.whole_names = whole;
        World world{can};
        const auto id = world.add_domain(41, "a.example.org");
        world.wish(id, "192.0.2.12");
        world.dispatch();
        world.dispatcher.check_records(world.now, world.wall);
        world.answer(500);  // who knows how far it came
        REQUIRE(urls(world) == std::vector<std::string>{"read z1 a.example.org"});
        CHECK(inputs_of<RecordObserved>(world.answer(200)).size() == (whole ? 1 : 0));

        // Of a conflict a reading tells the end.
        Domain domain = *world.fleet.domain(id);
        domain.record.foreign = domain.record.confirmed;
        world.save(domain);
        world.dispatcher.check_records(world.now, world.wall);
        world.dispatch();
        CHECK(inputs_of<RecordObserved>(world.answer(200)).size() == 1);
    }
}

TEST_CASE("background reads leave the reserve of calls to failovers") {
    World world{window_of(200)};
    std::vector<Result<Location>> answers;
    for (int i = 0; i < 120; ++i) {
        world.add_domain(2'000 + i, "d" + std::to_string(i) + ".example.org",
                         "z" + std::to_string(i));
    }
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    int read = 0;
    while (!world.outbound.submitted.empty()) {
        world.answer(200);
        ++read;
    }
    CHECK(read == 100);
    CHECK(world.dispatcher.next_deadline() == world.now + std::chrono::seconds{300});

    // Nor do people take of it.
    ask(world, answers, "q.example.org");
    world.wish(DomainId{2'000}, "192.0.2.12");
    world.dispatch();
    CHECK(urls(world) == std::vector<std::string>{"replace z0 d0.example.org=192.0.2.12"});
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].error().code == Errc::Throttled);
    CHECK(answers[0].error().message.starts_with("provider 'dns': it may not be called before "));
    world.confirm(world.answer(200));
    world.advance(std::chrono::seconds{300});
    world.dispatch();
    CHECK(world.outbound.submitted.size() > 0);  // and then it goes on
}

TEST_CASE("the provider's own figure counts more than ours") {
    World world{window_of(1'200)};
    std::vector<Result<Location>> answers;
    for (int i = 0; i < 10; ++i) {
        world.add_domain(2'000 + i, "d" + std::to_string(i) + ".example.org",
                         "z" + std::to_string(i));
    }
    world.dispatcher.check_records(world.now, world.wall);
    world.dispatch();
    const auto in_flight = world.outbound.submitted.size();
    for (std::size_t i = 0; i < in_flight; ++i)
        world.answer(200, {{"left", "50"}});
    CHECK(world.outbound.submitted.empty());
    ask(world, answers, "r.example.org");  // a person is told instead of kept waiting
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].error().code == Errc::Throttled);
}

TEST_CASE("what may take several windows waits for them, between two of its calls as well") {
    World world{window_of(200)};
    std::vector<Result<ZoneFindings>> answers;
    std::vector<std::string> names;
    for (int i = 0; i < 250; ++i)
        names.push_back("d" + std::to_string(i));
    world.dispatcher.ask_patiently(ProviderId{1}, finding_zones(names, answers), world.now);
    world.dispatch();
    const auto run = [&world] {
        int calls = 0;
        for (; !world.outbound.submitted.empty(); ++calls)
            world.answer(200);
        return calls;
    };
    CHECK(run() == 100);
    CHECK(world.dispatcher.next_deadline() == world.now + std::chrono::seconds{300});
    CHECK(world.dispatcher.wait_for_calls(ProviderId{1}, 150, world.now) ==
          Duration{std::chrono::seconds{600}});

    // The reserve is whole, and a failover does not wait.
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    CHECK(urls(world) == std::vector<std::string>{"replace z1 a.example.org=192.0.2.12"});
    world.confirm(world.answer(200));
    for (const int calls : {100, 50}) {
        world.advance(std::chrono::seconds{301});
        world.dispatch();
        CHECK(run() == calls);
    }
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].ok());
}

TEST_CASE("a person's question that takes more calls than there are keeps no failover waiting") {
    World world{window_of(200)};
    std::vector<Result<ZoneFindings>> answers;
    const std::vector<std::string> names(250, "d");
    world.dispatcher.ask(ProviderId{1}, finding_zones(names, answers), world.now);
    world.dispatch();
    while (answers.empty())
        world.answer(200);
    CHECK(answers[0].error().code == Errc::Throttled);
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    CHECK(urls(world) == std::vector<std::string>{"replace z1 a.example.org=192.0.2.12"});
}

TEST_CASE("a provider that asks for no pause gets one") {
    World world;
    std::vector<Result<Location>> answers;
    world.dispatcher.ask_patiently(ProviderId{1}, locating("q", answers), world.now);
    world.dispatch();
    world.answer(429, {{"retry-after", "0"}});
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    world.advance(std::chrono::seconds{1});
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 1);
}

TEST_CASE("patient questions wait out a provider that asks for peace") {
    World world;
    std::vector<Result<Location>> answers;
    world.dispatcher.ask_patiently(ProviderId{1}, locating("q", answers), world.now);
    world.dispatch();
    world.answer(429, {{"retry-after", "40"}});
    CHECK(world.outbound.submitted.empty());
    CHECK(answers.empty());
    world.advance(std::chrono::seconds{40});
    world.dispatch();
    world.answer(200);
    CHECK(answers.size() == 1);
}

TEST_CASE("half of the places are the failovers', however many questions there are") {
    DispatcherLimits limits = World::quiet_limits();
    limits.operations_in_flight = 4;
    World world{{}, limits};
    std::vector<Result<Location>> answers;
    for (const char* name : {"q", "r", "s"})
        ask(world, answers, name);
    world.dispatch();
    CHECK(urls(world) == std::vector<std::string>{"locate q", "locate r"});
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    CHECK(world.outbound.submitted.back().http().url == "replace z1 a.example.org=192.0.2.12");
    world.answer(200);
    CHECK(world.outbound.submitted.back().http().url == "locate s");
}

TEST_CASE("every request of an operation is made with the time of day") {
    World world;
    const auto date = [&world] {
        return world.outbound.submitted.back().http().headers.at(0).value;
    };
    world.dispatcher.ask(ProviderId{1},
                         {[](const Provider& provider) {
                              return provider.find_zones({"a", "b"});
                          },
                          [](const Result<ZoneFindings>&) {}},
                         world.now);
    world.dispatch();
    CHECK(date() == to_rfc3339(world.wall));
    world.advance(Duration{2'000});
    world.answer(200);
    CHECK(urls(world) == std::vector<std::string>{"zones b"});
    CHECK(date() == to_rfc3339(world.wall));
}

TEST_CASE("a question about a provider that is not there is answered") {
    World world;
    std::vector<Result<Verification>> answers;
    world.dispatcher.ask(
        ProviderId{99},
        {[](const Provider& provider) { return provider.verify(); },
         [&answers](const Result<Verification>& result) { answers.push_back(result); }},
        world.now);
    CHECK(world.dispatcher.next_deadline() <= world.now);
    world.dispatch();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].error().code == Errc::NotFound);
}
