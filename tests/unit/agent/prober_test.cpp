// The prober's attempts, time and limits, with attempts that end on command.
#include "agent/siblings/prober.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace understudy {
namespace {

constexpr Duration kOneSecond{1'000};

struct Probing {
    struct Scripted final : Attempt {
        explicit Scripted(std::vector<Report>& open) : open_(open) {}
        void start(Reactor&, Report report) override { open_.push_back(std::move(report)); }
        std::vector<Report>& open_;
    };

    Reactor reactor;
    std::vector<Attempt::Report> open;  // in the order of their beginnings
    Prober prober{reactor, [this](const wire::Probe&, TlsClient&) {
                      return std::make_unique<Scripted>(open);
                  }};
    Instant now{Duration{1'000'000}};

    Probing() { prober.configure({.allow_private = true}); }

    static wire::Probe probe(std::int64_t id = 1, std::string address = "10.0.0.1") {
        wire::Probe probe;
        probe.id = id;
        probe.kind = wire::ProbeKind::Https;
        probe.address = std::move(address);
        probe.port = 443;
        return probe;
    }
    void ask(const wire::Probe& probe) {
        prober.ask(probe, now);
        prober.advance(now);
    }
    void wait(Duration time) {
        const Instant end = now + time;
        while (prober.next_deadline() < end) {
            now = std::max(now, prober.next_deadline());
            prober.advance(now);
        }
        now = end;
        prober.advance(now);
    }
    void end(std::size_t attempt, wire::ProbeVerdict verdict, std::string found) {
        open.at(attempt)({verdict, std::move(found)});
        prober.advance(now);
    }
};

}  // namespace

TEST_CASE("prober: one success answers, and nothing more is tried") {
    Probing probing;
    probing.ask(Probing::probe(7));
    REQUIRE(probing.open.size() == 1);
    probing.wait(Duration{120});
    probing.end(0, wire::ProbeVerdict::Serves, "200");
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0] == wire::Probed{7, wire::ProbeVerdict::Serves, "https 443: 200", 120});
    CHECK(probing.prober.next_deadline() == kNever);
    probing.wait(60 * kOneSecond);
    CHECK(probing.open.size() == 1);
    CHECK(probing.prober.take_answers().empty());
}

TEST_CASE("prober: after a failure it tries again, and dead is what has failed three times") {
    Probing probing;
    probing.ask(Probing::probe());
    probing.end(0, wire::ProbeVerdict::Dead, "Connection refused");
    CHECK(probing.prober.take_answers().empty());
    probing.wait(Duration{999});
    CHECK(probing.open.size() == 1);
    probing.wait(Duration{1});
    REQUIRE(probing.open.size() == 2);
    probing.end(1, wire::ProbeVerdict::Dead, "Connection refused");
    probing.wait(kOneSecond);
    REQUIRE(probing.open.size() == 3);
    probing.wait(Duration{50});
    probing.end(2, wire::ProbeVerdict::Dead, "status 503");
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0] == wire::Probed{1, wire::ProbeVerdict::Dead, "https 443: status 503", 50});
}

TEST_CASE("prober: attempts overlap their time-outs, and the last success counts") {
    Probing probing;
    probing.ask(Probing::probe());
    probing.wait(2 * kOneSecond);
    CHECK(probing.open.size() == 3);
    probing.wait(kOneSecond - Duration{1});
    CHECK(probing.prober.take_answers().empty());
    probing.wait(kOneSecond);  // two have timed out
    probing.end(2, wire::ProbeVerdict::Serves, "200");
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].verdict == wire::ProbeVerdict::Serves);
}

TEST_CASE("prober: silence is dead after the last time-out") {
    Probing probing;
    probing.ask(Probing::probe());
    probing.wait(5 * kOneSecond - Duration{1});
    CHECK(probing.prober.take_answers().empty());
    probing.wait(Duration{1});
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0] ==
          wire::Probed{1, wire::ProbeVerdict::Dead, "https 443: no answer within 3.0 s", 3'000});
}

TEST_CASE("prober: trouble of its own says nothing, at once") {
    Probing probing;
    probing.ask(Probing::probe());
    probing.end(0, wire::ProbeVerdict::Nothing, "not sent from here: Network is unreachable");
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].verdict == wire::ProbeVerdict::Nothing);
}

TEST_CASE("prober: who slept has nothing to say") {
    Probing probing;
    probing.ask(Probing::probe());
    probing.now += 30 * kOneSecond;
    probing.prober.advance(probing.now);
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].found == "this machine stood still");
    CHECK(answers[0].verdict == wire::ProbeVerdict::Nothing);
}

TEST_CASE("prober: what it is not willing to do it answers at once, and does not") {
    Probing probing;
    probing.prober.configure({});
    probing.ask(Probing::probe());
    CHECK(probing.open.empty());
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].verdict == wire::ProbeVerdict::Nothing);
    CHECK(answers[0].found == "10.0.0.1 is not a public address: private (RFC 1918)");
}

TEST_CASE("prober: at most eight at once") {
    Probing probing;
    for (int i = 0; i < 9; ++i)
        probing.ask(Probing::probe(i, "10.0.0." + std::to_string(i)));
    CHECK(probing.open.size() == 8);
    const auto answers = probing.prober.take_answers();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0] ==
          wire::Probed{8, wire::ProbeVerdict::Nothing, "8 probes are under way already", 0});
}

TEST_CASE("prober: one address is not asked for too often, and all together neither") {
    Probing probing;
    const auto found = [&](const wire::Probe& probe) {
        probing.ask(probe);
        if (probing.prober.next_deadline() != kNever)
            probing.end(probing.open.size() - 1, wire::ProbeVerdict::Serves, "200");
        return probing.prober.take_answers().at(0).found;
    };
    for (int i = 0; i < 6; ++i)
        CHECK(found(Probing::probe()) == "https 443: 200");
    CHECK(found(Probing::probe()) == "this address is asked for too often");
    probing.now += Duration{2'000};
    CHECK(found(Probing::probe()) == "https 443: 200");
    CHECK(found(Probing::probe()) == "this address is asked for too often");

    probing.now += 60 * kOneSecond;
    for (int i = 0; i < 20; ++i)
        CHECK(found(Probing::probe(1, "10.0.1." + std::to_string(i))) == "https 443: 200");
    CHECK(found(Probing::probe(1, "10.0.2.1")) == "too many probes are asked for");
}

TEST_CASE("prober: an address is the same in whatever way it is written") {
    Probing probing;
    const auto found = [&](const std::string& address) {
        probing.ask(Probing::probe(1, address));
        if (probing.prober.next_deadline() != kNever)
            probing.end(probing.open.size() - 1, wire::ProbeVerdict::Serves, "200");
        return probing.prober.take_answers().at(0).found;
    };
    for (const char* written :
         {"fd00::1", "FD00::1", "fd00:0::1", "fd00:0:0::1", "fd00::0:1", "fd00:0000:0:0:0:0:0:1"})
        CHECK(found(written) == "https 443: 200");
    CHECK(found("fd00:0:0:0:0:0:0:1") == "this address is asked for too often");
}

TEST_CASE("prober: a refused probe is not held against its address") {
    Probing probing;
    for (int i = 0; i < 50; ++i) {
        wire::Probe probe = Probing::probe(i);
        probe.port = 22;
        probing.ask(probe);
    }
    CHECK(probing.prober.take_answers().size() == 50);
    probing.ask(Probing::probe());
    CHECK(probing.open.size() == 1);
}

TEST_CASE("prober: whoever asked is gone, and so are attempts and answers") {
    Probing probing;
    probing.ask(Probing::probe());
    probing.prober.give_up();
    CHECK(probing.prober.next_deadline() == kNever);
    probing.wait(60 * kOneSecond);
    CHECK(probing.prober.take_answers().empty());
}

}  // namespace understudy
