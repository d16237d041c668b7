// Who is asked whether a server answers at the address its agent reports, and what that would show.
#include "controller/runtime/probes/address_proofs.h"

#include <set>

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

    static std::optional<AddressProbed> only(const std::vector<Input>& said) {
        if (said.empty()) return std::nullopt;
        return std::get<AddressProbed>(said.front());
    }
    std::optional<AddressProbed> word(TransferId id, const ServiceAnswer& answer) {
        std::vector<Input> said;
        proofs.finished({id, answer}, said);
        return only(said);
    }
    std::optional<AddressProbed> word_of(ServerId by, const wire::Probed& answer) {
        std::vector<Input> said;
        siblings.answered(by, answer, said);
        return only(said);
    }
    // One more pool that publishes the server, with a domain.
    void publish(std::int64_t id, const std::string& name) {
        Pool pool = *round.fleet.pool(PoolId{100});
        pool.id = PoolId{id};
        pool.target = Target{kWeb1};
        round.fleet.put(pool);
        Domain domain;
        domain.id = DomainId{id + 1000};
        domain.pool = pool.id;
        domain.name = name;
        round.fleet.put(domain);
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
    const auto said = stage.word(last, good_answer());
    REQUIRE(said);
    CHECK(said->server == kWeb1);
    CHECK(said->question == 8);
    CHECK(said->ipv6);
    CHECK(said->verdict == Verdict::Serves);
    CHECK(said->found == good_answer().sentence);
    CHECK_FALSE(stage.word(last, good_answer()));
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
    CHECK_FALSE(stage.word_of(stage.round.asked[1].by, answer));
    const auto said = stage.word_of(first.by, answer);
    REQUIRE(said);
    CHECK(said->by == first.by);
    CHECK(said->verdict == Verdict::Serves);
    CHECK_FALSE(stage.word_of(first.by, answer));
}

TEST_CASE("address proofs: every pool that publishes the server must be found served there") {
    Stage stage{"https"};
    stage.publish(101, "one.example.org");
    stage.publish(102, "two.example.org");
    stage.proofs.ask(stage.question(), kStart);
    // Pool 100 has another target.
    REQUIRE(stage.outbound.submitted.size() == 2);
    const auto word = [&](const ServiceAnswer& second) {
        stage.outbound.submitted.clear();
        stage.proofs.ask(stage.question(), kStart);
        const auto ids = stage.outbound.submitted;
        CHECK_FALSE(stage.word(ids[0].id, good_answer()));
        const auto said = stage.word(ids[1].id, second);
        REQUIRE(said);
        return said->verdict;
    };
    CHECK(word(good_answer()) == Verdict::Serves);
    CHECK(word({Verdict::Dead, "https 443: status 404"}) == Verdict::Dead);
    CHECK(word({Verdict::Nothing, "not probed from here"}) == Verdict::Nothing);
}

TEST_CASE("address proofs: silence is nothing, whatever was answered is a word") {
    Stage stage{"https"};
    const auto word = [&](const ServiceAnswer& answer) {
        stage.proofs.ask(stage.question(), kStart);
        const auto said = stage.word(stage.outbound.submitted.back().id, answer);
        REQUIRE(said);
        return said->verdict;
    };
    ServiceAnswer silent{Verdict::Dead, "https 443: no answer within 3.0 s"};
    silent.timed_out = true;
    CHECK(word(silent) == Verdict::Nothing);
    silent.connected = true;
    CHECK(word(silent) == Verdict::Dead);
    CHECK(word({Verdict::Dead, "https 443: connection refused"}) == Verdict::Dead);
    ServiceAnswer wrong{Verdict::Dead, "https 443: certificate: another name"};
    wrong.connected = true;
    CHECK(word(wrong) == Verdict::Dead);
}

TEST_CASE("address proofs: of many pools a few are asked, others with each round") {
    Stage stage{"https"};
    for (int i = 0; i < 20; ++i)
        stage.publish(200 + i, "n" + std::to_string(i) + ".example.org");
    std::set<std::string> asked;
    for (std::size_t round = 0; round < 3; ++round) {
        AskProof question = stage.question();
        question.round = round;
        stage.outbound.submitted.clear();
        stage.proofs.ask(question, kStart);
        CHECK(stage.outbound.submitted.size() == 8);
        for (const std::string& each : stage.asked_here())
            asked.insert(each);
    }
    CHECK(asked.size() == 20);
}

TEST_CASE("address proofs: siblings of different hosting are asked, as far as there are") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Stage stage{"https"};
        // The other one is at the server's own company: not the first choice, but the only second.
        for (const auto& [id, hosting] :
             {std::pair{1, "own"}, {2, "acme"}, {3, "acme"}, {4, "own"}}) {
            Server server = *stage.round.fleet.server(ServerId{id});
            server.labels["hosting"] = hosting;
            stage.round.fleet.put(server);
        }
        SiblingProofs siblings{stage.round.fleet, stage.round, Random{seed}};
        siblings.ask(stage.question(), kStart);
        REQUIRE(stage.round.asked.size() == 2);
        CHECK(stage.round.asked[0].by != ServerId{4});
        CHECK(stage.round.asked[1].by == ServerId{4});
    }
}

TEST_CASE("address proofs: their questions are told from those of the rounds") {
    Stage stage{"https"};
    const Asked usual = stage.round.next_question();
    const wire::Probed answer{usual.probe.id, wire::ProbeVerdict::Serves, "", 1};
    CHECK_FALSE(stage.word_of(usual.by, answer));
    stage.round.asked.clear();
    stage.siblings.ask(stage.question(), kStart);
    REQUIRE_FALSE(stage.round.asked.empty());
    const Asked own = stage.round.asked[0];
    CHECK_FALSE(stage.round.rounds.answered(
        own.by, {own.probe.id, wire::ProbeVerdict::Serves, "", 1}, stage.round.now));
}

}  // namespace understudy::test
