// A Session on scripted time, driven the way agent.cpp drives it, and what it did. For the tests of
// session.h.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "agent/session.h"

namespace understudy {
using State = Session::State;

// Drives a Session the way agent.cpp does and remembers what it did.
class Stage {
  public:
    explicit Stage(std::uint64_t seed = 1, Session::Load load = {})
        : session(AgentIdentity{"understudy-agent test", "shield", "boot"}, Random{seed},
                  std::move(load)) {}

    void step(const session::Event& event) {
        for (session::Action& action : session.step(now, event))
            take(action);
    }
    // Lets time pass, stopping at each deadline.
    void advance(Duration duration) {
        const Instant end = now + duration;
        while (session.next_deadline() <= end) {
            now = std::max(now, session.next_deadline());
            step(session::TimePassed{});
        }
        now = end;
    }
    // As a suspend: the deadlines of that time go by unseen.
    void sleep(Duration duration) {
        now += duration;
        step(session::TimePassed{});
    }
    void receive(const wire::ControllerMessage& message) {
        step(session::MessageReceived{wire::encode(message)});
    }
    void open() { step(session::LinkOpened{}); }
    void close(std::uint16_t code = 0, int status = 0, std::string problem = "gone") {
        step(session::LinkClosed{code, status, std::move(problem)});
    }
    void link_up() {
        step(session::Started{});
        open();
        receive(welcome);
        REQUIRE(session.state() == State::Linked);
    }
    void ack() { receive(wire::HeartbeatAck{last_sequence}); }
    // A controller that answers, for so long.
    void live(Duration duration) {
        const Instant end = now + duration;
        while (now < end) {
            const auto before = last_sequence;
            advance(std::min(Duration{1'000}, end - now));
            if (last_sequence != before) ack();
        }
    }
    Duration until_retry() const {
        REQUIRE(session.state() == State::Waiting);
        return session.next_deadline() - now;
    }
    void retry() {
        REQUIRE(session.state() == State::Waiting);
        advance(session.next_deadline() - now);
        REQUIRE(session.state() == State::Connecting);
    }

    Session session;
    Instant now{Duration{1'000'000}};
    wire::Welcome welcome{1, "controller", "shield-1", 7, 10'000, 30'000};
    int connects = 0;
    int drops = 0;
    bool finished = false;
    std::int64_t last_sequence = 0;
    std::vector<wire::AgentMessage> sent;
    std::vector<session::CloseLink> closes;
    std::vector<std::string> warnings;
    std::vector<wire::Probe> looks;

  private:
    void take(session::Action& action) {
        if (std::holds_alternative<session::Connect>(action)) ++connects;
        if (std::holds_alternative<session::DropLink>(action)) ++drops;
        if (std::holds_alternative<session::Finish>(action)) finished = true;
        if (auto* close = std::get_if<session::CloseLink>(&action)) closes.push_back(*close);
        if (auto* send = std::get_if<session::Send>(&action)) {
            const auto message = wire::decode_agent_message(send->text);
            REQUIRE(message.ok());
            sent.push_back(*message);
            if (const auto* beat = std::get_if<wire::Heartbeat>(&*message)) {
                last_sequence = beat->sequence;
            }
        }
        if (auto* look = std::get_if<session::LookAt>(&action)) looks.push_back(look->probe);
        auto* line = std::get_if<session::Log>(&action);
        if (line != nullptr && line->level >= log::Level::Warning) {
            warnings.push_back(line->message);
        }
    }
};

template <typename Message>
std::size_t count(const Stage& stage) {
    return static_cast<std::size_t>(std::ranges::count_if(
        stage.sent, [](const auto& sent) { return std::holds_alternative<Message>(sent); }));
}

inline const wire::Status kFailing{false, {{"https", "refused", "2026-11-21T02:08:42.123Z"}}};

}  // namespace understudy
