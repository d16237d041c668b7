// The agent's session against scripted time: linking up, living, retrying, stopping.
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

#include "agent/load.h"
#include "agent/public_address.h"
#include "base/ip_address.h"
#include "tests/unit/agent/session_stage.h"

namespace understudy {

TEST_CASE("session: links up and says hello with its status") {
    Stage stage;
    stage.step(session::StatusChanged{kFailing});
    CHECK(stage.sent.empty());
    stage.step(session::Started{});
    CHECK(stage.connects == 1);
    CHECK(stage.session.state() == State::Connecting);
    stage.open();
    REQUIRE(stage.sent.size() == 1);
    CHECK(stage.sent[0] == wire::AgentMessage{wire::Hello{
                               {1}, "understudy-agent test", "shield", "boot", kFailing}});
    stage.receive(stage.welcome);
    CHECK(stage.session.state() == State::Linked);
    CHECK(stage.session.server_name() == "shield-1");
    CHECK(stage.warnings.empty());
}

TEST_CASE("session: heartbeats come at the interval the controller tells") {
    Stage stage;
    stage.link_up();
    stage.live(Duration{100'000});
    CHECK(count<wire::Heartbeat>(stage) >= 10);
    CHECK(count<wire::Heartbeat>(stage) <= 11);
    CHECK(stage.last_sequence == static_cast<std::int64_t>(count<wire::Heartbeat>(stage)));

    // A second welcome changes the intervals of the running link.
    const auto before = count<wire::Heartbeat>(stage);
    stage.welcome.heartbeat_interval_ms = 2'000;
    stage.receive(stage.welcome);
    stage.live(Duration{20'000});
    CHECK(count<wire::Heartbeat>(stage) - before == 10);
    CHECK(stage.connects == 1);
}

TEST_CASE("session: each heartbeat tells the load of its moment, or none") {
    std::optional<double> load = 0.5;
    Stage stage{1, [&load] { return load; }};
    stage.link_up();
    const auto beat = [&stage] {
        stage.live(stage.session.next_deadline() - stage.now);
        return std::get<wire::Heartbeat>(stage.sent.back()).load;
    };
    CHECK(beat() == 0.5);
    load = 1.25;
    CHECK(beat() == 1.25);
    load.reset();
    CHECK_FALSE(beat());

    Stage silent;
    silent.link_up();
    silent.live(Duration{10'000});
    CHECK_FALSE(std::get<wire::Heartbeat>(silent.sent.back()).load);
}

TEST_CASE("session: each heartbeat tells the addresses of its moment, or none") {
    Stage stage;
    std::pair<std::string, std::string> own{"203.0.113.9", "link"};
    stage.session.set_addresses([&own] { return own; });
    stage.link_up();
    const auto beat = [&stage] {
        stage.live(stage.session.next_deadline() - stage.now);
        const auto& heartbeat = std::get<wire::Heartbeat>(stage.sent.back());
        return heartbeat.public_ipv4 + "|" + heartbeat.public_ipv6;
    };
    CHECK(beat() == "203.0.113.9|link");
    own = {"", ""};
    CHECK(beat() == "|");
}

TEST_CASE("session: which address others reach this machine at") {
    CHECK(public_addresses("off").ipv4.empty());
    CHECK(public_addresses("off").ipv6.empty());
    // Whatever this machine has, it is public, or nothing is told.
    const auto own = public_addresses("auto");
    const auto ipv4 = parse_ipv4(own.ipv4);
    const auto ipv6 = parse_ipv6(own.ipv6);
    CHECK((own.ipv4.empty() || (ipv4 && unreachable_reason(*ipv4).empty())));
    CHECK((own.ipv6.empty() || (ipv6 && unreachable_reason(*ipv6).empty())));
    CHECK((own.ipv4.empty() || own.ipv6.empty()) == !own.missing.empty());
    // Where the link comes from only by a person's word.
    CHECK(public_addresses("link").ipv4 == "link");
    CHECK(public_addresses("link").ipv6 == "link");
    CHECK(public_addresses("nosuchdevice").ipv4.empty());
    CHECK(public_addresses("nosuchdevice").ipv6.empty());
}

TEST_CASE("session: what is told is logged in words") {
    CHECK(sentence_of({"203.0.113.9", "2001:db8::9", ""}) ==
          "tells the controller its public address: 203.0.113.9, 2001:db8::9");
    CHECK(sentence_of({"203.0.113.9", "", "no IPv6"}) ==
          "tells the controller its public address: 203.0.113.9 (no IPv6)");
    CHECK(sentence_of({"", "", "IPv4 10.0.0.1 is private (RFC 1918), no IPv6"}) ==
          "tells the controller no public address (IPv4 10.0.0.1 is private (RFC 1918), no IPv6)");
    CHECK(sentence_of({"link", "link", ""}) ==
          "tells the controller that its public address is the one its link comes from");
}

TEST_CASE("session: this machine's load can be read") {
    const auto load = load_per_core();
    REQUIRE(load);
    CHECK(*load >= 0);
    CHECK(*load < 10'000);
}

TEST_CASE("session: agents that were welcomed together do not beat together") {
    std::set<Instant> first_beats;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Stage stage{seed};
        stage.link_up();
        const Instant beat = stage.session.next_deadline();
        CHECK(beat - stage.now >= Duration{5'000});
        CHECK(beat - stage.now <= Duration{10'000});
        first_beats.insert(beat);
    }
    CHECK(first_beats.size() > 10);
}

TEST_CASE("session: a silent controller is left after the silence limit") {
    Stage stage;
    stage.link_up();
    stage.live(Duration{60'000});
    const Instant last_heard = stage.now;
    stage.ack();
    stage.advance(Duration{29'999});
    CHECK(stage.session.state() == State::Linked);
    stage.advance(Duration{1});
    CHECK(stage.session.state() == State::Waiting);
    CHECK(stage.now == last_heard + Duration{30'000});
    CHECK(stage.drops == 1);
    CHECK(stage.until_retry() >= Duration{200});
    CHECK(stage.until_retry() <= Duration{1'000});
}

TEST_CASE("session: an attempt that hangs is dropped, and so is a peer that never welcomes") {
    Stage stage;
    stage.step(session::Started{});
    stage.advance(Session::kConnectLimit - Duration{1});
    CHECK(stage.session.state() == State::Connecting);
    stage.advance(Duration{1});
    CHECK(stage.session.state() == State::Waiting);
    CHECK(stage.drops == 1);
    stage.retry();
    stage.open();
    stage.advance(Session::kWelcomeLimit);
    CHECK(stage.session.state() == State::Waiting);
    CHECK(stage.drops == 2);
    CHECK(stage.warnings.size() == 2);
}

TEST_CASE("session: delays double with jitter up to the cap, for ever") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Stage stage{seed};
        stage.step(session::Started{});
        Duration ceiling{1'000};
        for (int attempt = 1; attempt <= 40; ++attempt) {
            stage.close();
            const Duration floor = attempt == 1 ? Duration{200} : ceiling / 2;
            CHECK(stage.until_retry() >= floor);
            CHECK(stage.until_retry() <= ceiling);
            ceiling = std::min(ceiling * 2, Session::kLongestDelay);
            stage.retry();
        }
        CHECK(stage.connects == 41);
        // The same trouble is one line, and a reminder after a quarter of an hour.
        CHECK(stage.warnings.size() ==
              1 + (stage.now - Instant{Duration{1'000'000}}) / Session::kReminder);
    }
}

TEST_CASE("session: only a stable link forgets earlier failures") {
    Stage stage;
    stage.step(session::Started{});
    for (int i = 0; i < 6; ++i) {
        stage.close();
        stage.retry();
    }
    stage.open();
    stage.receive(stage.welcome);
    stage.live(Session::kStable / 2);
    stage.close();
    CHECK(stage.until_retry() > Duration{1'000});
    stage.retry();
    stage.open();
    stage.receive(stage.welcome);
    stage.live(Session::kStable + Duration{1});
    stage.close();
    CHECK(stage.until_retry() <= Duration{1'000});
}

TEST_CASE("session: a controller that stops is given a few seconds, each agent others") {
    for (const std::uint16_t code : {std::uint16_t{wire::kCloseStopping}, std::uint16_t{1001},
                                     std::uint16_t{1012}, std::uint16_t{1013}}) {
        CAPTURE(code);
        std::set<Duration> delays;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            Stage stage{seed};
            stage.link_up();
            stage.live(Duration{40'000});
            stage.close(code);
            CHECK(stage.until_retry() >= Duration{1'000});
            CHECK(stage.until_retry() <= Duration{5'000});
            CHECK(stage.warnings.empty());
            delays.insert(stage.until_retry());
        }
        CHECK(delays.size() > 15);
    }
}

TEST_CASE("session: what only a person can mend is retried slowly and logged once") {
    const std::vector<session::LinkClosed> ends{
        {wire::kCloseReplaced, 0, "closed"},
        {wire::kCloseTokenRevoked, 0, "closed"},
        {0, 401, "HTTP status 401"},
        {0, 403, "HTTP status 403"},
    };
    for (const auto& end : ends) {
        CAPTURE(end.close_code);
        CAPTURE(end.http_status);
        Stage stage;
        stage.step(session::Started{});
        for (int i = 0; i < 5; ++i) {
            stage.step(end);
            CHECK(stage.until_retry() >= Duration{15'000});
            CHECK(stage.until_retry() <= Duration{30'000});
            stage.retry();
        }
        CHECK(stage.warnings.size() == 1);
    }
}

TEST_CASE("session: a busy controller is not pressed") {
    for (const int status : {429, 503}) {
        Stage stage;
        stage.step(session::Started{});
        stage.close(0, status);
        CHECK(stage.until_retry() >= Duration{1'000});
        CHECK(stage.until_retry() <= Duration{5'000});
    }
}

TEST_CASE("session: status changes are sent at once, once, and again after a reconnect") {
    Stage stage;
    stage.link_up();
    const Instant before = stage.now;
    stage.step(session::StatusChanged{kFailing});
    stage.step(session::StatusChanged{kFailing});
    CHECK(stage.now == before);
    REQUIRE(count<wire::Status>(stage) == 1);
    CHECK(stage.sent.back() == wire::AgentMessage{kFailing});
    stage.close();
    stage.step(session::StatusChanged{wire::Status{}});
    CHECK(count<wire::Status>(stage) == 1);
    stage.retry();
    stage.open();
    CHECK(std::get<wire::Hello>(stage.sent.back()).status == wire::Status{});
}

TEST_CASE("session: stopping says why, closes and ends") {
    Stage stage;
    stage.link_up();
    stage.step(session::StopRequested{wire::GoodbyeReason::Shutdown});
    CHECK(stage.sent.back() == wire::AgentMessage{wire::Goodbye{wire::GoodbyeReason::Shutdown}});
    REQUIRE(stage.closes.size() == 1);
    CHECK(stage.closes[0].code == 1000);
    CHECK_FALSE(stage.finished);
    stage.step(session::StopRequested{wire::GoodbyeReason::Restart});  // changes nothing
    CHECK(count<wire::Goodbye>(stage) == 1);
    stage.close(1000);
    CHECK(stage.finished);
    CHECK(stage.session.state() == State::Finished);
    CHECK(stage.session.next_deadline() == kNever);
    CHECK(stage.connects == 1);
}

TEST_CASE("session: stopping does not wait for a dead peer or for a link it does not have") {
    SUBCASE("dead peer") {
        Stage stage;
        stage.link_up();
        stage.step(session::StopRequested{});
        stage.advance(Session::kCloseLimit);
        CHECK(stage.finished);
        CHECK(stage.drops == 1);
    }
    SUBCASE("not started") {
        Stage stage;
        stage.step(session::StopRequested{});
        CHECK(stage.finished);
    }
    SUBCASE("connecting") {
        Stage stage;
        stage.step(session::Started{});
        stage.step(session::StopRequested{});
        CHECK(stage.finished);
        CHECK(stage.drops == 1);
    }
    SUBCASE("waiting") {
        Stage stage;
        stage.step(session::Started{});
        stage.close();
        stage.step(session::StopRequested{});
        CHECK(stage.finished);
    }
    SUBCASE("closing because of nonsense") {
        Stage stage;
        stage.link_up();
        stage.step(session::NonsenseReceived{"a binary message"});
        stage.step(session::StopRequested{});
        CHECK_FALSE(stage.finished);
        stage.close();
        CHECK(stage.finished);
    }
}

TEST_CASE("session: the same seed gives the same delays") {
    Stage one{42};
    Stage two{42};
    for (Stage* stage : {&one, &two}) {
        stage->step(session::Started{});
        for (int i = 0; i < 10; ++i) {
            stage->close();
            stage->retry();
        }
    }
    CHECK(one.now == two.now);
}

TEST_CASE("session: what it can is told with the hello") {
    Stage plain;
    plain.step(session::Started{});
    plain.open();
    CHECK(std::get<wire::Hello>(plain.sent.at(0)).capabilities.empty());

    Stage stage;
    stage.session.set_capabilities({std::string{wire::kCanProbe}});
    stage.step(session::Started{});
    stage.open();
    CHECK(std::get<wire::Hello>(stage.sent.at(0)).capabilities ==
          std::vector<std::string>{"probe"});
}

TEST_CASE("session: a probe is handed on, and its answer sent while the link is up") {
    Stage stage;
    stage.link_up();
    wire::Probe probe;
    probe.id = 18;
    probe.address = "203.0.113.7";
    probe.port = 443;
    stage.receive(probe);
    REQUIRE(stage.looks.size() == 1);
    CHECK(stage.looks[0] == probe);
    const wire::Probed answer{18, wire::ProbeVerdict::Serves, "tcp 443: connected", 3};
    stage.step(session::ProbeFound{answer});
    CHECK(std::get<wire::Probed>(stage.sent.back()) == answer);

    stage.close();
    const auto before = stage.sent.size();
    stage.step(session::ProbeFound{answer});
    CHECK(stage.sent.size() == before);
}

TEST_CASE("session: a probe before the welcome is an error") {
    Stage stage;
    stage.step(session::Started{});
    stage.open();
    wire::Probe probe;
    probe.address = "203.0.113.7";
    probe.port = 443;
    stage.receive(probe);
    CHECK(stage.looks.empty());
    CHECK(stage.session.state() == State::Closing);
}

}  // namespace understudy
