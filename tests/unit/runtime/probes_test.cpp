// The controller's probes beside a fleet: what is written decides what is probed.
#include "controller/runtime/probes/probes.h"

#include "tests/unit/runtime/world.h"

using namespace understudy;
using namespace understudy::test;

namespace {

struct Eyes {
    Eyes() {
        world.add_domain(41, "www.example.org");
        for (const Server* server : world.fleet.servers())
            servers.push_back(server->id);
    }
    // Until everything due within that time was begun.
    std::size_t begun_within(Duration span) {
        const Instant end = now + span;
        while (next_deadline() <= end) {
            now = std::max(now, next_deadline());
            plan.keep_up(now);
            said = probes.start(now, kWallStart);
        }
        now = end;
        return outbound.submitted.size();
    }

    Instant next_deadline() const { return std::min(plan.next_deadline(), probes.next_deadline()); }
    void note(const Change& change) {
        plan.note(change);
        probes.note(change);
    }

    World world;
    CurrentPlan plan{world.fleet};
    RecordingOutbound outbound;
    Mailbox<TransferDone> answers{{}};
    Instant now = kStart;
    Probes probes{plan, world.fleet, outbound, answers, Random{3}, without_readiness()};
    std::vector<ServerId> servers;
    std::vector<Input> said;
};

}  // namespace

TEST_CASE("probes: every member is probed from the start") {
    Eyes eyes;
    CHECK(eyes.next_deadline() <= eyes.now);
    CHECK(eyes.begun_within(Duration{5'000}) == 2);
    CHECK(eyes.probes.counters().in_flight == 2);
}

TEST_CASE("probes: an answer becomes the engine's input") {
    Eyes eyes;
    eyes.begun_within(Duration{5'000});
    eyes.answers.post({eyes.outbound.take().id, ServiceAnswer{Verdict::Serves, "https 443: 200"}});
    const auto said = eyes.probes.take_answers(eyes.now, kWallStart);
    REQUIRE(said.size() == 1);
    const auto& found = std::get<ServiceProbed>(said[0]);
    CHECK(found.verdict == Verdict::Serves);
    CHECK(eyes.probes.counters().serves == 1);
    CHECK(eyes.probes.findings(found.server).size() == 1);
}

TEST_CASE("probes: what was asked about is probed at once") {
    Eyes eyes;
    eyes.begun_within(Duration{5'000});
    eyes.outbound.submitted.clear();
    eyes.probes.ask({eyes.servers[0]}, eyes.now);
    CHECK(eyes.begun_within(Duration{0}) == 1);
}

TEST_CASE("probes: another plan follows the rows that change it, within a second") {
    Eyes eyes;
    eyes.begun_within(Duration{500});
    Domain domain = *eyes.world.fleet.domain(DomainId{41});
    domain.record.generation += 1;
    eyes.note(SaveDomain{domain});
    eyes.world.fleet.erase(DomainId{41});
    CHECK(eyes.begun_within(Duration{10'000}) >= 4);

    eyes.note(DeleteDomain{DomainId{41}});
    const auto before = eyes.begun_within(Duration{1'000});
    CHECK(eyes.next_deadline() == kNever);
    eyes.probes.ask(eyes.servers, eyes.now);
    CHECK(eyes.begun_within(Duration{20'000}) == before);
}

TEST_CASE("probes: what is found at an old address is no word on the new one") {
    Eyes eyes;
    eyes.begun_within(Duration{5'000});
    Server server = *eyes.world.fleet.server(eyes.servers[0]);
    server.ipv4 = *parse_ipv4("198.51.100.77");
    eyes.note(SaveServer{server});
    CHECK(eyes.probes.findings(server.id).empty());
    eyes.world.fleet.put(server);
    std::size_t words = 0;
    while (!eyes.outbound.submitted.empty()) {
        eyes.answers.post({eyes.outbound.take().id, ServiceAnswer{Verdict::Serves, "200"}});
        for (const auto& each : eyes.probes.take_answers(eyes.now, kWallStart)) {
            CHECK(std::get<ServiceProbed>(each).server != server.id);
            ++words;
        }
    }
    CHECK(words == 1);
    eyes.begun_within(Duration{10'000});
    CHECK(eyes.probes.findings(server.id).size() == 1);
}
