#include "agent/session.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace understudy {

using session::Actions;

namespace {

bool is_about_link(const session::Event& event) {
    return std::holds_alternative<session::LinkOpened>(event) ||
           std::holds_alternative<session::LinkClosed>(event) ||
           std::holds_alternative<session::MessageReceived>(event) ||
           std::holds_alternative<session::NonsenseReceived>(event);
}

}  // namespace

Session::Session(AgentIdentity identity, Random random, Load load)
    : identity_(std::move(identity)), random_(random), load_(std::move(load)) {}

Actions Session::step(Instant now, const session::Event& event) {
    now_ = std::max(now, now_);
    const Instant due = next_deadline();
    const bool napped = due != kNever && now_ - due > kNap;
    // What such an event tells is of the link that was just given up.
    const bool outdated = napped && woke_late(now_ - due) && is_about_link(event);
    if (!outdated) std::visit([this](const auto& what) { on(what); }, event);
    return std::exchange(actions_, {});
}

Instant Session::next_deadline() const {
    if (state_ == State::Linked) return std::min(next_heartbeat_, silence_deadline_);
    return deadline_;
}

// After a nap nothing is known of the link: its silence is ours. When the controller must have
// given us up the link is worthless; before that one heartbeat tells, and dropping a good link
// would raise an alarm about nothing.
bool Session::woke_late(Duration late) {
    switch (state_) {
        case State::Waiting:
            attempts_ = 0;
            deadline_ = now_;
            return false;
        case State::Connecting:
        case State::Greeting:
            drop("this machine did not run for " + to_text(late) + " while linking up", Retry::Now);
            return true;
        case State::Linked:
            if (late > silence_limit_) {
                drop("this machine did not run for " + to_text(late), Retry::Now);
                return true;
            }
            say(log::Level::Info, "did not run for " + to_text(late) + "; asking the controller");
            send_heartbeat();
            silence_deadline_ = now_ + std::min(kProbeLimit, silence_limit_);
            return false;
        case State::Idle:
        case State::Closing:
        case State::Finished:
            return false;
    }
    return false;
}

void Session::on(const session::Started&) {
    if (state_ == State::Idle) connect();
}

void Session::on(const session::LinkOpened&) {
    if (state_ != State::Connecting) return;
    state_ = State::Greeting;
    deadline_ = now_ + kWelcomeLimit;
    last_sequence_ = 0;
    messages_ = TokenBucket{wire::message_rate(heartbeat_interval_), now_};
    send(wire::Hello{{wire::kVersion},
                     identity_.agent,
                     identity_.hostname,
                     identity_.boot_id,
                     status_,
                     capabilities_});
}

void Session::on(const session::LinkClosed& end) {
    if (state_ == State::Closing) {
        link_gone(after_close_);
        return;
    }
    if (state_ != State::Connecting && !has_open_link()) return;
    switch (end.close_code) {
        case wire::kCloseReplaced:
            // Two machines with one token would push each other out for ever, as fast as they
            // retry.
            say_problem(
                "another agent with the same token has taken over: give every server its own");
            link_gone(Retry::Late);
            return;
        case wire::kCloseTokenRevoked:
            say_problem("the controller no longer accepts this agent's token");
            link_gone(Retry::Late);
            return;
        case wire::kCloseStopping:
        case 1001:  // RFC 6455 7.4.1: going away
        case 1012:  // IANA registry: service restart
        case 1013:  // IANA registry: try again later
            say(log::Level::Info, "the controller is stopping; trying again in a few seconds");
            link_gone(Retry::Spread);
            return;
        default:
            break;
    }
    if (end.http_status == 401 || end.http_status == 403) {
        say_problem("the controller refuses this agent's token (HTTP " +
                    std::to_string(end.http_status) + ")");
        link_gone(Retry::Late);
        return;
    }
    const bool busy = end.http_status == 429 || end.http_status == 503;
    say_problem(end.problem.empty() ? "the link was closed" : end.problem);
    link_gone(busy || end.close_code == wire::kCloseNoCommonVersion ? Retry::Spread : Retry::Soon);
}

void Session::on(const session::MessageReceived& received) {
    if (!has_open_link()) return;
    // Before anything is read of it: what floods us must cost next to nothing.
    if (!messages_.take(wire::message_rate(heartbeat_interval_), now_)) {
        close_for_nonsense("too many messages: one ack per heartbeat and few probes are expected",
                           Retry::Late);
        return;
    }
    const auto message = wire::decode_controller_message(received.text);
    if (!message) {
        close_for_nonsense(message.error().text());
        return;
    }
    silence_deadline_ = now_ + silence_limit_;
    std::visit([this](const auto& what) { on_message(what); }, *message);
}

void Session::on(const session::NonsenseReceived& nonsense) {
    if (has_open_link()) close_for_nonsense(nonsense.problem);
}

void Session::on(const session::StatusChanged& change) {
    if (change.status == status_) return;
    status_ = change.status;
    if (has_open_link()) send(status_);
}

void Session::on(const session::StopRequested& stop) {
    if (stopping_) return;
    stopping_ = true;
    if (has_open_link()) {
        send(wire::Goodbye{stop.reason});
        close(1000, "stopping", Retry::Now);
    } else if (state_ != State::Closing) {
        if (state_ == State::Connecting) actions_.push_back(session::DropLink{});
        link_gone(Retry::Now);
    }
}

void Session::on(const session::ProbeFound& found) {
    if (state_ == State::Linked) send(found.answer);
}

void Session::on(const session::TimePassed&) {
    if (now_ < next_deadline()) return;
    switch (state_) {
        case State::Waiting:
            connect();
            return;
        case State::Connecting:
            drop("no connection to the controller within " + to_text(kConnectLimit), Retry::Soon);
            return;
        case State::Greeting:
            drop("the controller sent no welcome within " + to_text(kWelcomeLimit), Retry::Soon);
            return;
        case State::Linked:
            if (now_ >= silence_deadline_) {
                drop("the controller is silent for too long", Retry::Soon);
            } else {
                send_heartbeat();
            }
            return;
        case State::Closing:
            actions_.push_back(session::DropLink{});
            link_gone(after_close_);
            return;
        case State::Idle:
        case State::Finished:
            return;
    }
}

// The controller may repeat welcome to change the intervals of a running link.
void Session::on_message(const wire::Welcome& welcome) {
    if (welcome.version != wire::kVersion) {
        close_for_nonsense("welcome names protocol version " + std::to_string(welcome.version) +
                           ", which was not offered");
        return;
    }
    heartbeat_interval_ = Duration{welcome.heartbeat_interval_ms};
    silence_limit_ = Duration{welcome.silence_limit_ms};
    silence_deadline_ = now_ + silence_limit_;
    next_heartbeat_ = now_ + heartbeat_interval_;
    server_name_ = welcome.server_name;
    if (state_ == State::Linked) return;
    state_ = State::Linked;
    linked_at_ = now_;
    // Agents that were welcomed in one burst must not beat in one burst for ever after.
    next_heartbeat_ = now_ + random_.between(heartbeat_interval_ / 2, heartbeat_interval_);
    say(log::Level::Info, "linked to " + welcome.controller + " as " + welcome.server_name);
}

void Session::on_message(const wire::HeartbeatAck& ack) {
    if (state_ != State::Linked || ack.sequence > last_sequence_) {
        close_for_nonsense("heartbeat_ack for a heartbeat that was never sent");
        return;
    }
    if (now_ - linked_at_ >= kStable) {
        attempts_ = 0;
        last_problem_.clear();
    }
}

void Session::on_message(const wire::Refusal& refusal) {
    say_problem("the controller refuses this agent: " + refusal.code + ": " + refusal.message);
    close(1000, "refused", Retry::Late);
}

void Session::on_message(const wire::Probe& probe) {
    if (state_ != State::Linked) return close_for_nonsense("a probe before the welcome");
    actions_.push_back(session::LookAt{probe});
}

void Session::on_message(const wire::Enrolled&) {
    close_for_nonsense("an enrolled on a link");
}

void Session::connect() {
    state_ = State::Connecting;
    deadline_ = now_ + kConnectLimit;
    ++attempts_;
    actions_.push_back(session::Connect{});
}

void Session::send(const wire::AgentMessage& message) {
    actions_.push_back(session::Send{wire::encode(message)});
}

void Session::send_heartbeat() {
    next_heartbeat_ = now_ + heartbeat_interval_;
    wire::Heartbeat heartbeat{++last_sequence_, load_ ? load_() : std::nullopt};
    if (addresses_) std::tie(heartbeat.public_ipv4, heartbeat.public_ipv6) = addresses_();
    send(heartbeat);
}

void Session::close_for_nonsense(const std::string& problem, Retry retry) {
    say_problem("the controller does not speak the protocol: " + problem);
    close(wire::kCloseProtocolError, "protocol error", retry);
}

void Session::close(std::uint16_t code, const std::string& reason, Retry retry) {
    actions_.push_back(session::CloseLink{code, reason});
    state_ = State::Closing;
    deadline_ = now_ + kCloseLimit;
    after_close_ = retry;
}

void Session::drop(const std::string& problem, Retry retry) {
    say_problem(problem);
    actions_.push_back(session::DropLink{});
    link_gone(retry);
}

void Session::link_gone(Retry retry) {
    if (state_ == State::Linked && now_ - linked_at_ >= kStable) attempts_ = 0;
    if (stopping_) {
        state_ = State::Finished;
        deadline_ = kNever;
        actions_.push_back(session::Finish{});
        return;
    }
    if (retry == Retry::Now) {
        attempts_ = 0;
        connect();
        return;
    }
    state_ = State::Waiting;
    deadline_ = now_ + delay(retry);
}

Duration Session::delay(Retry retry) {
    if (retry == Retry::Late) return random_.between(kLongestDelay / 2, kLongestDelay);
    if (retry == Retry::Spread && attempts_ <= 1) {
        return random_.between(Duration{1'000}, Duration{5'000});
    }
    if (attempts_ <= 1) return random_.between(kFirstDelay / 5, kFirstDelay);
    return backoff(random_, attempts_, kFirstDelay, kLongestDelay);
}

// Trouble that lasts is one line in the log, not one per attempt.
void Session::say_problem(const std::string& problem) {
    const bool known = problem == last_problem_ && now_ - problem_said_at_ < kReminder;
    say(known ? log::Level::Debug : log::Level::Warning, problem);
    if (known) return;
    last_problem_ = problem;
    problem_said_at_ = now_;
}

void Session::say(log::Level level, std::string message) {
    actions_.push_back(session::Log{level, std::move(message)});
}

}  // namespace understudy
