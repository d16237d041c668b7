// Sweeps on a timetable: a scripted network, time as a number.
#include "controller/runtime/probes/readiness_rounds.h"

#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

const ServerId kFirst{11};
const ServerId kSecond{12};

struct Rounds {
    explicit Rounds(int domains = 1, int per_second = 50)
        : limits{true, Duration{300'000}, per_second} {
        for (int i = 0; i < domains; ++i)
            world.add_domain(41 + i, "d" + std::to_string(i) + ".example.org");
        rounds.plan(now);
    }
    void start() {
        rounds.start(now, kWallStart);
        for (Input& input : rounds.take_found())
            found.push_back(std::move(input));
    }
    // Everything due within that time is begun, and answered with that.
    void run(Duration span, const ServiceAnswer& answer) {
        const Instant end = now + span;
        while (rounds.next_deadline() <= end) {
            now = std::max(now, rounds.next_deadline());
            start();
            while (!outbound.submitted.empty()) {
                const TransferId id = outbound.take().id;
                ++answered;
                CHECK(rounds.finished({id, answer}, now, kWallStart));
            }
        }
        now = end;
    }
    std::vector<ReadinessFound> sweeps() {
        std::vector<ReadinessFound> all;
        for (const Input& input : std::exchange(found, {}))
            if (const auto* each = std::get_if<ReadinessFound>(&input)) all.push_back(*each);
        return all;
    }

    World world;
    RecordingOutbound outbound;
    TransferIds ids;
    ReadinessLimits limits;
    Instant now = kStart;
    ReadinessRounds rounds{world.fleet, outbound, ids, Random{5}, limits};
    std::vector<Input> found;
    int answered = 0;
};

}  // namespace

TEST_CASE("readiness rounds: every member is swept soon, and again after the interval") {
    Rounds rounds;
    rounds.run(Duration{10'000}, good_answer());
    CHECK(rounds.sweeps().size() == 2);
    rounds.run(Duration{250'000}, good_answer());
    CHECK(rounds.sweeps().empty());
    rounds.run(Duration{60'000}, good_answer());
    CHECK(rounds.sweeps().size() == 2);
}

TEST_CASE("readiness rounds: certificates that were seen are told") {
    Rounds rounds;
    rounds.run(Duration{10'000}, good_answer());
    const auto seen = std::ranges::count_if(rounds.found, [](const Input& input) {
        return std::holds_alternative<CertificateSeen>(input);
    });
    CHECK(seen == 2);
}

TEST_CASE("readiness rounds: so many a second, and one at a time of each server") {
    Rounds rounds{100, 10};
    rounds.now += Duration{10'000};
    rounds.start();
    CHECK(rounds.outbound.submitted.size() == 2);
    rounds.run(Duration{0}, good_answer());
    rounds.answered = 0;
    for (auto& each : rounds.outbound.submitted)
        rounds.rounds.finished({each.id, good_answer()}, rounds.now, kWallStart);
    rounds.outbound.submitted.clear();
    rounds.run(Duration{10'000}, good_answer());
    CHECK(rounds.answered > 80);
    CHECK(rounds.answered <= 102);
}

TEST_CASE("readiness rounds: one server that lets probes wait holds up no other") {
    Rounds rounds;
    rounds.now += Duration{10'000};
    rounds.start();
    REQUIRE(rounds.outbound.submitted.size() == 2);
    rounds.outbound.take();  // and no answer comes
    rounds.rounds.finished({rounds.outbound.take().id, good_answer()}, rounds.now, kWallStart);
    rounds.start();
    CHECK(rounds.sweeps().size() == 1);
}

TEST_CASE(
    "readiness rounds: another domain or address is swept soon, and old answers are nobody's") {
    Rounds rounds;
    rounds.run(Duration{10'000}, good_answer());
    rounds.sweeps();
    rounds.world.add_domain(77, "new.example.org");
    rounds.rounds.plan(rounds.now);
    rounds.now += Duration{10'000};
    rounds.start();
    REQUIRE(rounds.outbound.submitted.size() == 2);
    const TransferId before = rounds.outbound.take().id;
    Server moved = *rounds.world.fleet.server(kFirst);
    moved.ipv4 = *parse_ipv4("198.51.100.77");
    rounds.world.fleet.put(moved);
    Server other = *rounds.world.fleet.server(kSecond);
    other.ipv4 = *parse_ipv4("198.51.100.78");
    rounds.world.fleet.put(other);
    rounds.rounds.plan(rounds.now);
    CHECK_FALSE(rounds.rounds.finished({before, good_answer()}, rounds.now, kWallStart));
    rounds.outbound.submitted.clear();
    rounds.run(Duration{10'000}, good_answer());
    REQUIRE(rounds.sweeps().size() == 2);
}

TEST_CASE(
    "readiness rounds: a sweep goes on though domains come and go, and the next one is soon") {
    Rounds rounds{100, 50};
    rounds.run(Duration{11'000}, good_answer());
    CHECK(rounds.sweeps().size() == 2);
    rounds.run(Duration{300'000}, good_answer());
    rounds.sweeps();
    for (int i = 0; i < 10; ++i) {
        rounds.world.add_domain(200 + i, "new" + std::to_string(i) + ".example.org");
        rounds.rounds.plan(rounds.now);
        rounds.run(Duration{5'000}, good_answer());
    }
    CHECK(rounds.sweeps().size() >= 8);
}

TEST_CASE("readiness rounds: what is found wrong is looked at again sooner") {
    Rounds rounds;
    rounds.run(Duration{60'000}, {Verdict::Dead, "https 443: connection refused"});
    CHECK(rounds.sweeps().size() >= 3);
}

TEST_CASE("readiness rounds: what did not count is swept again soon, be it under way or not") {
    Rounds rounds;
    rounds.run(Duration{10'000}, good_answer());
    CHECK(rounds.sweeps().size() == 2);
    rounds.rounds.ask(kFirst, rounds.now);
    rounds.rounds.ask(ServerId{99}, rounds.now);
    rounds.run(Duration{10'000}, good_answer());
    const auto again = rounds.sweeps();
    REQUIRE(again.size() == 1);
    CHECK(again[0].server == kFirst);
    rounds.run(Duration{250'000}, good_answer());
    CHECK(rounds.sweeps().empty());
    // While it is swept: that one may have met the same trouble.
    rounds.run(Duration{70'000}, good_answer());
    rounds.sweeps();
    rounds.rounds.ask(kFirst, rounds.now);
    rounds.now += Duration{10'000};
    rounds.start();
    REQUIRE(rounds.outbound.submitted.size() == 1);
    rounds.rounds.ask(kFirst, rounds.now);
    rounds.rounds.finished({rounds.outbound.take().id, good_answer()}, rounds.now, kWallStart);
    rounds.run(Duration{10'000}, good_answer());
    CHECK(rounds.sweeps().size() == 2);
}

TEST_CASE("readiness rounds: what is probed no more is known no more") {
    Rounds rounds;
    rounds.run(Duration{10'000}, good_answer());
    rounds.sweeps();
    Pool pool = *rounds.world.fleet.pool(PoolId{21});
    pool.policy.probe.kind = ProbeTarget::Kind::Off;
    rounds.world.fleet.put(pool);
    rounds.rounds.plan(rounds.now);
    rounds.run(Duration{400'000}, good_answer());
    const auto told = rounds.sweeps();
    REQUIRE(told.size() == 2);
    CHECK(told[0].forgotten);
    CHECK(rounds.rounds.next_deadline() == kNever);
}

TEST_CASE("readiness rounds: the daily look is left to them where they see the certificate") {
    Policy policy;
    CHECK(sees_certificates(policy, 443));
    CHECK_FALSE(sees_certificates(policy, 8443));
    policy.probe = *parse_probe_target("https:8443/health");
    CHECK(sees_certificates(policy, 8443));
    policy.probe = *parse_probe_target("http");
    CHECK_FALSE(sees_certificates(policy, 443));
    policy.probe = *parse_probe_target("off");
    CHECK_FALSE(sees_certificates(policy, 443));
}
