// Witnesses are asked all at once, one round at a time, and told to the engine as one event.
#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const ConnectAnswer kThere{true, {}};
const ConnectAnswer kNobody{false, "Could not resolve host: b.example.org"};

DispatcherLimits with_witnesses() {
    DispatcherLimits limits = World::quiet_limits();
    limits.witnesses = {{"a.example.org", 443}, {"b.example.org", 53}, {"192.0.2.9", 80}};
    return limits;
}

// The answer to all that is outside but the last; then, after a while, to that.
std::vector<WitnessesAnswered> finish_round(World& world, const ConnectAnswer& last) {
    while (world.outbound.submitted.size() > 1)
        CHECK(world.answer_with(kNobody).inputs.empty());
    world.advance(Duration{700});
    return inputs_of<WitnessesAnswered>(world.answer_with(last));
}

}  // namespace

TEST_CASE("all witnesses are asked at once, with a limit, and counted in one event") {
    World world{{}, with_witnesses()};
    world.dispatcher.ask_witnesses(world.now);
    REQUIRE(world.outbound.submitted.size() == 3);
    std::vector<TcpEndpoint> asked;
    for (const auto& each : world.outbound.submitted) {
        const auto& probe = std::get<ConnectProbe>(each.transfer);
        CHECK(probe.timeout == Duration{3'000});
        asked.push_back(probe.to);
    }
    CHECK(asked == with_witnesses().witnesses);
    CHECK(world.answer_with(kThere).inputs.empty());
    const auto told = finish_round(world, kThere);
    REQUIRE(told.size() == 1);
    CHECK(told[0].asked == 3);
    CHECK(told[0].answered == 2);
    CHECK(told[0].took == Duration{700});
    CHECK(world.outbound.submitted.empty());
}

TEST_CASE("a name that cannot be resolved has not answered") {
    World world{{}, with_witnesses()};
    world.dispatcher.ask_witnesses(world.now);
    const auto told = finish_round(world, kNobody);
    REQUIRE(told.size() == 1);
    CHECK(told[0].answered == 0);
}

TEST_CASE("asked during a round, one other round follows it, with a beginning of its own") {
    World world{{}, with_witnesses()};
    world.dispatcher.ask_witnesses(world.now);
    world.dispatcher.ask_witnesses(world.now);
    world.dispatcher.ask_witnesses(world.now);
    CHECK(world.outbound.submitted.size() == 3);
    CHECK(finish_round(world, kThere).size() == 1);
    REQUIRE(world.outbound.submitted.size() == 3);
    const auto told = finish_round(world, kThere);
    REQUIRE(told.size() == 1);
    CHECK(told[0].took == Duration{700});
    CHECK(world.outbound.submitted.empty());
    world.dispatcher.ask_witnesses(world.now);
    CHECK(world.outbound.submitted.size() == 3);
}

TEST_CASE("nobody is asked where no witness is named") {
    World world;
    world.dispatcher.ask_witnesses(world.now);
    CHECK(world.outbound.submitted.empty());
}
