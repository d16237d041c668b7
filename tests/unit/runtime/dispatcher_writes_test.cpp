// How committed records reach a provider: batches, order, one at a time per zone, and what follows
// every answer.
#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

Capabilities batches_of(int size) {
    Capabilities capabilities;
    capabilities.operation_size = size;
    return capabilities;
}

}  // namespace

TEST_CASE("nothing due: nothing is sent and nothing is waited for") {
    World world;
    world.add_domain(41, "a.example.org");
    CHECK(world.dispatch().inputs.empty());
    CHECK(world.outbound.submitted.empty());
    CHECK(world.dispatcher.next_deadline() == kNever);
}

TEST_CASE("rows are not read where none has changed and nothing of theirs is due") {
    World world;
    world.dispatch();
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatcher.dispatch(world.now, world.wall, false);
    CHECK(world.outbound.submitted.empty());
    world.dispatcher.dispatch(world.now, world.wall, true);
    CHECK(world.outbound.submitted.size() == 1);
}

TEST_CASE("records of one zone travel together, up to what its operations may carry") {
    World world{batches_of(2)};
    for (const auto* name : {"a.example.org", "b.example.org", "c.example.org"}) {
        world.wish(world.add_domain(40 + name[0] - 'a', name), "192.0.2.12");
    }
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);  // one operation in flight per zone
    CHECK(world.outbound.submitted[0].http().url ==
          "replace z1 a.example.org=192.0.2.12 b.example.org=192.0.2.12");

    const auto output = world.answer(200);
    CHECK(inputs_of<RecordConfirmed>(output).size() == 2);
    REQUIRE(world.outbound.submitted.size() == 1);
    CHECK(world.outbound.submitted[0].http().url == "replace z1 c.example.org=192.0.2.12");
}

TEST_CASE("few calls left: an operation carries no more than they can write") {
    Capabilities capabilities = batches_of(1'000);
    capabilities.batch_size = 2;
    capabilities.calls_per_window = 1'200;
    capabilities.window = std::chrono::seconds{300};
    World world{capabilities};
    world.wish(world.add_domain(999, "first.example.org"), "192.0.2.12");
    world.dispatch();
    // Four of the six are kept for what is beside the writes, and each write carries two names.
    world.confirm(world.answer(200, {{"left", "6"}}));
    for (int i = 0; i < 9; ++i)
        world.wish(world.add_domain(41 + i, "d" + std::to_string(i) + ".example.org"),
                   "192.0.2.12");
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);
    CHECK(world.outbound.submitted[0].http().url ==
          "replace z1 d0.example.org=192.0.2.12 d1.example.org=192.0.2.12 "
          "d2.example.org=192.0.2.12 d3.example.org=192.0.2.12");
}

TEST_CASE("records that failed together are tried again together") {
    World world{batches_of(1'000)};
    for (const auto* name : {"a.example.org", "b.example.org", "c.example.org"})
        world.wish(world.add_domain(40 + name[0] - 'a', name), "192.0.2.12");
    world.dispatch();
    CHECK(inputs_of<RecordRefused>(world.answer(503)).size() == 3);
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    world.advance(world.dispatcher.next_deadline() - world.now);
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);
    CHECK(world.outbound.submitted[0].http().url ==
          "replace z1 a.example.org=192.0.2.12 b.example.org=192.0.2.12 c.example.org=192.0.2.12");
}

TEST_CASE("zones do not wait for each other, and the total in flight is bounded") {
    DispatcherLimits limits = World::quiet_limits();
    limits.operations_in_flight = 2;
    World world{{}, limits};
    for (int i = 0; i < 4; ++i) {
        world.wish(world.add_domain(41 + i, "d" + std::to_string(i) + ".example.org",
                                    "z" + std::to_string(i)),
                   "192.0.2.12");
    }
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 2);
    world.confirm(world.answer(200));
    CHECK(world.outbound.submitted.size() == 2);
    world.confirm(world.answer(200));
    CHECK(world.outbound.submitted.size() == 2);
}

TEST_CASE("records that only move take no call of the failovers'") {
    Capabilities capabilities = batches_of(1);
    capabilities.calls_per_window = 200;
    capabilities.window = std::chrono::seconds{300};
    World world{capabilities};
    world.set_alarm(ServerId{11}, Alarm::None);
    std::vector<DomainId> domains;
    for (int i = 0; i < 200; ++i) {
        const std::string number = std::to_string(i);
        domains.push_back(world.add_domain(2'000 + i, "d" + number + ".example.org", "z" + number));
        world.wish(domains.back(), "192.0.2.12");
    }
    world.dispatch();
    int moved = 0;
    for (; !world.outbound.submitted.empty(); ++moved)
        world.confirm(world.answer(200));
    // A hundred are kept, and nothing is begun that might need more than what is left above them.
    CHECK(moved == 98);
    CHECK(world.dispatcher.next_deadline() == world.now + std::chrono::seconds{300});

    // The server that they were to leave dies: what is left becomes a failover.
    world.set_alarm(ServerId{11}, Alarm::Down);
    world.advance(std::chrono::seconds{1});
    world.dispatch();
    for (; !world.outbound.submitted.empty(); ++moved)
        world.confirm(world.answer(200));
    CHECK(moved > 190);
}

TEST_CASE("a failover goes before what only moves, and finds a place") {
    DispatcherLimits limits = World::quiet_limits();
    limits.operations_in_flight = 4;
    World world{batches_of(1), limits};
    for (int i = 0; i < 4; ++i) {
        const std::string number = std::to_string(i);
        const DomainId home = world.add_domain(41 + i, "d" + number + ".example.org", "z" + number);
        Domain domain = *world.fleet.domain(home);
        domain.record.confirmed.ipv4 = {*parse_ipv4("192.0.2.12")};
        world.save(domain);
        world.wish(home, "192.0.2.13");
    }
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 2);
    const DomainId late = world.add_domain(51, "late.example.org", "late");
    world.wish(late, "192.0.2.12");
    world.advance(std::chrono::seconds{1});
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 3);
    CHECK(world.outbound.submitted[2].http().url == "replace late late.example.org=192.0.2.12");
}

namespace {

// Two records of the pool that show that address are to show another: how many may be on their way,
// where one place of two is the failovers'.
std::size_t on_their_way(const Pool& pool, const std::string& shown) {
    DispatcherLimits limits = World::quiet_limits();
    limits.operations_in_flight = 2;
    World world{batches_of(1), limits};
    world.commit({SavePool{pool}});
    world.fleet.put(pool);
    for (const auto* zone : {"z1", "z2"}) {
        const DomainId id =
            world.add_domain(41 + zone[1], "a." + std::string{zone} + ".example.org", zone);
        Domain domain = *world.fleet.domain(id);
        domain.record.confirmed.ipv4 = {*parse_ipv4(shown)};
        world.save(domain);
        world.wish(id, "192.0.2.13");
    }
    world.dispatch();
    return world.outbound.submitted.size();
}

}  // namespace

TEST_CASE("leaving an outage page is a failover, and what a pool does for a loss is") {
    Pool pool = *World{}.fleet.pool(PoolId{21});
    CHECK(on_their_way(pool, "192.0.2.12") == 1);
    CHECK(on_their_way(pool, "192.0.2.11") == 2);  // that server is down
    pool.reason = "Primary server down";
    CHECK(on_their_way(pool, "192.0.2.12") == 2);
    pool.reason = "Primary server recovered";
    pool.policy.fallback_ipv4 = *parse_ipv4("192.0.2.12");
    CHECK(on_their_way(pool, "192.0.2.12") == 2);
}

TEST_CASE("a confirmed record is not written again, even before the commit is known") {
    World world;
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    world.dispatch();  // something else was committed meanwhile
    CHECK(world.outbound.submitted.size() == 1);
    const auto output = world.answer(200);
    const auto confirmed = inputs_of<RecordConfirmed>(output);
    REQUIRE(confirmed.size() == 1);
    CHECK(confirmed[0].generation == 2);
    CHECK(to_string(confirmed[0].observed.addresses) == "192.0.2.12");
    CHECK(world.outbound.submitted.empty());
    world.confirm(output);
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
}

TEST_CASE("a record that changed its mind meanwhile is due again after the answer") {
    World world;
    const auto domain = world.add_domain(41, "a.example.org");
    world.wish(domain, "192.0.2.12");
    world.dispatch();
    world.wish(domain, "192.0.2.11");
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);  // never two at once
    const auto output = world.answer(200);
    REQUIRE(inputs_of<RecordConfirmed>(output).size() == 1);
    CHECK(inputs_of<RecordConfirmed>(output)[0].generation == 2);  // what was asked for then
    world.confirm(output);
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);
    CHECK(world.outbound.submitted[0].http().url == "replace z1 a.example.org=192.0.2.11");
}

TEST_CASE("foreign content is reported and not overwritten") {
    World world;
    const auto id = world.add_domain(41, "a.example.org");
    world.wish(id, "192.0.2.12");
    world.dispatch();
    const auto output = world.answer(409);
    const auto observed = inputs_of<RecordObserved>(output);
    REQUIRE(observed.size() == 1);
    CHECK(observed[0].generation == 2);
    CHECK(to_string(observed[0].observed.addresses) == "203.0.113.99");

    Domain domain = *world.fleet.domain(id);  // the engine's answer: a conflict
    domain.record.foreign = observed[0].observed.addresses;
    world.save(domain);
    world.advance(std::chrono::hours{1});
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
}

TEST_CASE("trouble that passes is tried again with growing pauses, and every try is reported") {
    World world;
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    Duration last_longest{0};
    for (int attempt = 1; attempt <= 8; ++attempt) {
        const auto output = world.answer(503);
        const auto refused = inputs_of<RecordRefused>(output);
        REQUIRE(refused.size() == 1);
        CHECK(refused[0].attempts == attempt);
        CHECK(refused[0].generation == 2);
        CHECK(world.outbound.submitted.empty());
        const Duration longest =
            std::min<Duration>(std::chrono::seconds{30}, Duration{1'000} * (1 << (attempt - 1)));
        Duration waited{0};
        while (world.outbound.submitted.empty()) {
            REQUIRE(world.dispatcher.next_deadline() > world.now);
            const auto step = world.dispatcher.next_deadline() - world.now;
            waited += step;
            world.advance(step);
            world.dispatch();
        }
        CHECK(waited >= longest / 2 - Duration{1});
        CHECK(waited <= longest);
        CHECK(longest >= last_longest);
        last_longest = longest;
    }
}

TEST_CASE("a refusal for good waits for the maintenance loop") {
    World world;
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    const auto refused = inputs_of<RecordRefused>(world.answer(403));
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].error.code == Errc::Rejected);
    world.advance(std::chrono::minutes{4});
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    CHECK(world.dispatcher.next_deadline() == kNever);

    world.dispatcher.check_records(world.now, world.wall);
    CHECK(world.dispatcher.next_deadline() <= world.now);
    world.dispatch();
    REQUIRE_FALSE(world.outbound.submitted.empty());
    CHECK(world.outbound.submitted[0].http().url == "replace z1 a.example.org=192.0.2.12");
}

TEST_CASE("a new desired state is tried at once, whatever became of the last") {
    World world;
    const auto id = world.add_domain(41, "a.example.org");
    world.wish(id, "192.0.2.12");
    world.dispatch();
    world.answer(403);
    world.wish(id, "192.0.2.11");
    world.dispatch();
    REQUIRE(world.outbound.submitted.size() == 1);
    const auto refused = inputs_of<RecordRefused>(world.answer(503));
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].attempts == 1);
}

TEST_CASE("a provider that asks for peace gets it, for all its zones") {
    World world;
    world.wish(world.add_domain(41, "a.example.org", "z1"), "192.0.2.12");
    world.dispatch();
    const auto refused = inputs_of<RecordRefused>(world.answer(429, {{"Retry-After", "100"}}));
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].error.code == Errc::Throttled);
    world.wish(world.add_domain(42, "b.example.org", "z2"), "192.0.2.12");
    world.dispatch();
    world.advance(std::chrono::seconds{99});
    world.dispatch();
    CHECK(world.outbound.submitted.empty());
    CHECK(world.dispatcher.next_deadline() > world.now);
    CHECK(world.dispatcher.next_deadline() <= world.now + std::chrono::seconds{1});
    world.advance(std::chrono::seconds{1});
    world.dispatch();
    CHECK(world.outbound.submitted.size() == 2);
}

TEST_CASE("what went wrong with an account is counted by what follows from it") {
    World world;
    const auto account = world.fleet.providers().front()->id;
    CHECK(world.dispatcher.provider_errors().empty());
    std::int64_t id = 40;
    for (const int status : {200, 403, 403, 409, 503, 503, 503, 429}) {
        ++id;
        const std::string name = "d" + std::to_string(id);
        world.wish(world.add_domain(id, name + ".example.org", name), "192.0.2.12");
        world.dispatch();
        world.confirm(world.answer(status));
        world.outbound.submitted.clear();
    }
    const ProviderErrors& errors = world.dispatcher.provider_errors().at(account);
    CHECK(errors.rejected == 2);
    CHECK(errors.transient == 3);
    CHECK(errors.throttled == 1);
}

TEST_CASE("no answer counts as trouble that passes") {
    World world;
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    world.dispatch();
    const auto output = world.answer_with(HttpAnswer{TransportFailure{true, "timed out"}});
    REQUIRE(inputs_of<RecordRefused>(output).size() == 1);
    CHECK(inputs_of<RecordRefused>(output)[0].error.code == Errc::Transient);
}

TEST_CASE("a credential that cannot be opened is a refusal, not a crash") {
    World world;
    world.drivers.broken = Error{Errc::Corrupt, "the credential cannot be opened", {}, {}, {}};
    world.wish(world.add_domain(41, "a.example.org"), "192.0.2.12");
    const auto refused = inputs_of<RecordRefused>(world.dispatch());
    REQUIRE(refused.size() == 1);
    CHECK(refused[0].error.message == "provider 'dns': the credential cannot be opened");
    CHECK(world.dispatcher.counters().provider_calls == 0);
}

TEST_CASE("a mass failover reads the store seldom and writes every record once") {
    World world{batches_of(1)};
    for (int i = 0; i < 300; ++i) {
        world.wish(world.add_domain(2'000 + i, "d" + std::to_string(i) + ".example.org",
                                    "z" + std::to_string(i)),
                   "192.0.2.12");
    }
    world.dispatch();
    int written = 0;
    while (!world.outbound.submitted.empty()) {
        const auto output = world.answer(200);
        written += static_cast<int>(inputs_of<RecordConfirmed>(output).size());
        world.confirm(output);
        world.advance(Duration{5});
        world.dispatch();
        REQUIRE(written <= 300);
    }
    CHECK(written == 300);
    CHECK(world.dispatcher.counters().provider_calls == 300);
}
