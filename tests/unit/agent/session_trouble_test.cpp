// The agent's session against controllers that misbehave and machines that sleep.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/agent/session_stage.h"

namespace understudy {

TEST_CASE("session: nonsense closes the link with the reason and backs off") {
    const std::vector<session::Event> nonsense{
        session::MessageReceived{"ceci n'est pas du JSON"},
        session::MessageReceived{R"({"type":"welcome","version":1})"},
        session::MessageReceived{R"({"type":"fortune_cookie"})"},
        session::MessageReceived{wire::encode(wire::ControllerMessage{wire::HeartbeatAck{0}})},
        session::MessageReceived{wire::encode(
            wire::ControllerMessage{wire::Welcome{2, "controller", "shield", 7, 10'000, 30'000}})},
        session::NonsenseReceived{"a binary message"},
    };
    for (const auto& event : nonsense) {
        Stage stage;
        stage.step(session::Started{});
        for (int attempt = 1; attempt <= 8; ++attempt) {
            stage.open();
            stage.step(event);
            REQUIRE(stage.closes.size() == static_cast<std::size_t>(attempt));
            CHECK(stage.closes.back().code == wire::kCloseProtocolError);
            CHECK(stage.session.state() == State::Closing);
            stage.close(wire::kCloseProtocolError);
            if (attempt == 8) CHECK(stage.until_retry() >= Duration{15'000});
            stage.retry();
        }
        CHECK(stage.warnings.size() == 1);
    }
}

TEST_CASE("session: an ack for a heartbeat that was never sent is nonsense") {
    Stage stage;
    stage.link_up();
    stage.advance(Duration{10'000});
    stage.ack();
    CHECK(stage.session.state() == State::Linked);
    stage.receive(wire::HeartbeatAck{stage.last_sequence + 1});
    CHECK(stage.session.state() == State::Closing);
}

TEST_CASE("session: a controller that floods is left, a quick one is not") {
    Stage stage;
    stage.link_up();
    int taken = 0;
    while (stage.session.state() == State::Linked && taken < 1'000) {
        stage.receive(stage.welcome);
        ++taken;
    }
    CHECK(taken <= wire::kMessagesAtOnce);
    REQUIRE(stage.closes.size() == 1);
    CHECK(stage.closes.back().code == wire::kCloseProtocolError);
    CHECK(stage.warnings.back().find("too many messages") != std::string::npos);
    stage.close(wire::kCloseProtocolError);
    CHECK(stage.until_retry() >= Duration{15'000});
    stage.retry();
    stage.open();
    stage.receive(stage.welcome);
    CHECK(stage.session.state() == State::Linked);

    Stage quick;
    quick.welcome.heartbeat_interval_ms = wire::kShortestIntervalMs;
    quick.welcome.silence_limit_ms = 3 * wire::kShortestIntervalMs;
    quick.link_up();
    for (int i = 0; i < 1'000; ++i) {
        quick.advance(Duration{wire::kShortestIntervalMs});
        quick.ack();
    }
    CHECK(quick.session.state() == State::Linked);
}

TEST_CASE("session: a peer that does not finish the close is dropped") {
    Stage stage;
    stage.link_up();
    stage.step(session::NonsenseReceived{"a binary message"});
    stage.advance(Session::kCloseLimit);
    CHECK(stage.drops == 1);
    CHECK(stage.session.state() == State::Waiting);
}

TEST_CASE("session: a refusal is shown and not argued with") {
    Stage stage;
    stage.step(session::Started{});
    stage.open();
    stage.receive(wire::Refusal{"no_common_version", "this controller speaks version 9"});
    REQUIRE(stage.warnings.size() == 1);
    CHECK(stage.warnings[0].find("this controller speaks version 9") != std::string::npos);
    stage.close(wire::kCloseNoCommonVersion);
    CHECK(stage.until_retry() >= Duration{15'000});
}

TEST_CASE("session: after a long suspend the old link is not trusted") {
    Stage stage;
    stage.link_up();
    stage.live(Duration{40'000});
    // By then the controller has taken us for gone, too.
    stage.sleep(stage.session.next_deadline() - stage.now + Duration{30'001});
    CHECK(stage.session.state() == State::Connecting);
    CHECK(stage.connects == 2);
    CHECK(stage.drops == 1);
}

TEST_CASE(
    "session: what the old link still had to say after a suspend is not taken for the new one") {
    for (const session::Event& event :
         {session::Event{session::LinkOpened{}}, session::Event{session::LinkClosed{}},
          session::Event{session::MessageReceived{"nonsense"}},
          session::Event{session::NonsenseReceived{"nonsense"}}}) {
        Stage stage;
        stage.link_up();
        stage.now += Duration{3'600'000};
        stage.step(event);
        CHECK(stage.session.state() == State::Connecting);
        CHECK(stage.connects == 2);
        CHECK(stage.closes.empty());
    }
}

TEST_CASE("session: after a short nap one heartbeat decides") {
    SUBCASE("the controller answers: the link stays") {
        Stage stage;
        stage.link_up();
        stage.live(Duration{40'000});
        const auto before = count<wire::Heartbeat>(stage);
        stage.sleep(stage.session.next_deadline() - stage.now + Duration{30'000});
        CHECK(count<wire::Heartbeat>(stage) == before + 1);
        stage.ack();
        stage.live(Duration{60'000});
        CHECK(stage.session.state() == State::Linked);
        CHECK(stage.connects == 1);
    }
    SUBCASE("it does not: reconnect without waiting for the silence limit") {
        Stage stage;
        stage.link_up();
        stage.live(Duration{40'000});
        stage.sleep(Duration{20'000});
        stage.advance(Session::kProbeLimit);
        CHECK(stage.session.state() == State::Waiting);
    }
}

TEST_CASE("session: a suspend while connecting or waiting leads to an attempt at once") {
    Stage stage;
    stage.step(session::Started{});
    stage.sleep(Duration{600'000});
    CHECK(stage.session.state() == State::Connecting);
    CHECK(stage.connects == 2);
    for (int i = 0; i < 10; ++i) {
        stage.close();
        if (i < 9) stage.retry();
    }
    CHECK(stage.until_retry() >= Duration{15'000});
    stage.sleep(Duration{600'000});
    CHECK(stage.session.state() == State::Connecting);
    stage.close();
    CHECK(stage.until_retry() <= Duration{1'000});
}

TEST_CASE("session: time that goes back changes nothing") {
    Stage stage;
    stage.link_up();
    const Instant deadline = stage.session.next_deadline();
    stage.now -= Duration{100'000};
    stage.step(session::TimePassed{});
    CHECK(stage.session.state() == State::Linked);
    CHECK(stage.session.next_deadline() == deadline);
    CHECK(count<wire::Heartbeat>(stage) == 0);
}

TEST_CASE("session: events that cannot be are ignored") {
    Stage stage;
    stage.open();
    stage.close();
    stage.receive(stage.welcome);
    CHECK(stage.session.state() == State::Idle);
    stage.link_up();
    stage.step(session::Started{});
    stage.open();
    CHECK(stage.session.state() == State::Linked);
    CHECK(stage.connects == 1);
    CHECK(count<wire::Hello>(stage) == 1);
}

}  // namespace understudy
