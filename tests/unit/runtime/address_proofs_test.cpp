// Who is asked whether a server answers at the address its agent reports, and what that would show.
#include "controller/runtime/address_proofs.h"

#include "tests/unit/runtime/sibling_round.h"
#include "tests/unit/runtime/world.h"

namespace understudy::test {
namespace {

struct Stage {
    explicit Stage(const std::string& target, const std::string& text = "") : round(4, target) {
        Pool pool = *round.fleet.pool(PoolId{100});
        pool.policy.probe_text = text;
        round.fleet.put(pool);
    }
    AskProof question(std::uint64_t number = 5) const {
        return {kWeb1, number, parse_ipv4("203.0.113.9"), std::nullopt};
    }
    // "https:443 for www.example.org at 203.0.113.9, certificate"
    std::vector<std::string> asked_here() {
        std::vector<std::string> all;
        for (const Submitted& each : outbound.submitted) {
            const auto& probe = std::get<ServiceProbe>(each.transfer);
            const bool fits = probe.terms.certificate == ProbeCertificate::Require;
            all.push_back(to_string(probe.terms.target) + " for " + probe.name + " at " +
                          probe.address + (fits ? ", certificate" : "") +
                          (probe.terms.text.empty() ? "" : ", " + probe.terms.text));
        }
        return all;
    }

    Round round;
    RecordingOutbound outbound;
    TransferIds ids;
    AddressProofs proofs{round.fleet, outbound, ids};
    SiblingProofs siblings{round.fleet, round, Random{5}};
};

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("address proofs: only what shows who answers is asked for") {
    const auto asked = [](const std::string& target, const std::string& text) {
        Stage stage{target, text};
        stage.proofs.ask(stage.question(), kStart);
        return stage.asked_here();
    };
    const std::string at = " for www.example.org at 203.0.113.9";
    CHECK(asked("https:443/health", "") == Texts{"https:443/health" + at + ", certificate"});
    CHECK(asked("https:443/health", "me") == Texts{"https:443/health" + at + ", me"});
    CHECK(asked("auto", "") == Texts{"https:443" + at + ", certificate"});
    CHECK(asked("auto", "me") == Texts{"https:443" + at + ", me", "http:80" + at + ", me"});
    CHECK(asked("http:80", "me") == Texts{"http:80" + at + ", me"});
    CHECK(asked("http:80", "") == Texts{});
    CHECK(asked("tcp:443", "") == Texts{});
    CHECK(asked("off", "") == Texts{});
}

TEST_CASE("address proofs: each family is asked for itself, and the answer says which") {
    Stage stage{"https"};
    AskProof asked = stage.question(8);
    asked.ipv6 = parse_ipv6("2001:db8::9");
    stage.proofs.ask(asked, kStart);
    REQUIRE(stage.outbound.submitted.size() == 2);
    const TransferId last = stage.outbound.submitted.back().id;
    const auto said = stage.proofs.finished({last, good_answer()});
    REQUIRE(said);
    CHECK(said->server == kWeb1);
    CHECK(said->question == 8);
    CHECK(said->ipv6);
    CHECK(said->verdict == Verdict::Serves);
    CHECK(said->found == good_answer().sentence);
    CHECK_FALSE(stage.proofs.finished({last, good_answer()}));
}

TEST_CASE("address proofs: nobody is asked about a server without domains") {
    Stage stage{"https"};
    stage.round.fleet.erase(DomainId{200});
    stage.proofs.ask(stage.question(), kStart);
    stage.siblings.ask(stage.question(), kStart);
    CHECK(stage.outbound.submitted.empty());
    CHECK(stage.round.asked.empty());
}

TEST_CASE("address proofs: two siblings are asked, never the server itself") {
    Stage stage{"https"};
    stage.siblings.ask(stage.question(), kStart);
    REQUIRE(stage.round.asked.size() == 2);
    CHECK(stage.round.asked[0].by != stage.round.asked[1].by);
    for (const Asked& each : stage.round.asked) {
        CHECK(each.by != kWeb1);
        CHECK(each.probe.address == "203.0.113.9");
        CHECK(each.probe.require_certificate);
    }
    const Asked first = stage.round.asked[0];
    const wire::Probed answer{first.probe.id, wire::ProbeVerdict::Serves, "https 443: 200", 12};
    // Only from whom it was asked of, and once.
    CHECK_FALSE(stage.siblings.answered(stage.round.asked[1].by, answer));
    const auto said = stage.siblings.answered(first.by, answer);
    REQUIRE(said);
    CHECK(said->by == first.by);
    CHECK(said->verdict == Verdict::Serves);
    CHECK_FALSE(stage.siblings.answered(first.by, answer));
}

TEST_CASE("address proofs: their questions are told from those of the rounds") {
    Stage stage{"https"};
    const Asked usual = stage.round.next_question();
    const wire::Probed answer{usual.probe.id, wire::ProbeVerdict::Serves, "", 1};
    CHECK_FALSE(stage.siblings.answered(usual.by, answer));
    stage.round.asked.clear();
    stage.siblings.ask(stage.question(), kStart);
    REQUIRE_FALSE(stage.round.asked.empty());
    const Asked own = stage.round.asked[0];
    CHECK_FALSE(stage.round.rounds.answered(
        own.by, {own.probe.id, wire::ProbeVerdict::Serves, "", 1}, stage.round.now));
}

}  // namespace understudy::test
