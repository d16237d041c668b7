#include "tests/simulation/wired_hub.h"

#include <algorithm>
#include <utility>

namespace understudy::simulation {
namespace {

// As in agent_listener.cpp.
constexpr Duration kLoginTime{10'000};
constexpr Duration kCloseTime{5'000};

}  // namespace

void WiredHub::arrived(const std::shared_ptr<Wire>& wire, Frame frame) {
    if (over_) return;
    inbox_.emplace_back(wire, std::move(frame));
    turn();
}

void WiredHub::revoke(ServerId server) {
    const auto found = by_server_.find(server);
    if (over_ || found == by_server_.end()) return;
    Connection& connection = *found->second;
    const auto outcome = refuse(wire::kCloseTokenRevoked, "token_revoked", "the token is gone");
    connection.wire->send(Way::ToAgent, {Frame::Kind::Text, outcome.reply});
    leave(connection, Departure::Replaced, outcome.close_reason);
    begin_close(connection, outcome.close_code);
    // Not in the middle of the turn that decided it.
    network_.schedule.in(Duration{0}, [self = shared_from_this()] { self->turn(); });
}

bool WiredHub::can_probe(ServerId server, bool proxied) const {
    const auto found = by_server_.find(server);
    return found != by_server_.end() && found->second->link.can_probe(proxied);
}

bool WiredHub::probe(ServerId server, const wire::Probe& probe) {
    if (over_ || !can_probe(server, probe.proxy_protocol)) return false;
    by_server_.at(server)->wire->send(Way::ToAgent,
                                      {Frame::Kind::Text, encode(wire::ControllerMessage{probe})});
    return true;
}

void WiredHub::resume() {
    suspended_ = false;
    turn();
}

void WiredHub::end(bool vanishes) {
    over_ = true;
    const auto end_one = [vanishes](Wire& wire) {
        if (vanishes) {
            wire.forget(Way::ToHub);
        } else {
            wire.let_go(Way::ToHub);
        }
    };
    for (const auto& [number, connection] : connections_)
        end_one(*connection.wire);
    // Accepted by the machine, and never seen by the process.
    for (const auto& [wire, frame] : inbox_)
        end_one(*wire);
}

// What arrived comes first, then deadlines and silence.
void WiredHub::turn() {
    if (suspended_ || over_) return;
    const auto alive = shared_from_this();
    for (const auto& [wire, frame] : std::exchange(inbox_, {}))
        take(wire, frame);
    check_deadlines(now());
    check_silence(now());
    arm();
    if (!inputs_.empty()) tell_(std::exchange(inputs_, {}));
    for (const auto& [by, answer] : std::exchange(answers_, {}))
        if (!over_) probed_(by, answer);
}

void WiredHub::take(const std::shared_ptr<Wire>& wire, const Frame& frame) {
    if (frame.kind == Frame::Kind::Open) return open(wire);
    const auto found = connections_.find(wire->number());
    if (found == connections_.end()) return;
    Connection& connection = found->second;
    switch (frame.kind) {
        case Frame::Kind::Text:
            return receive(connection, frame.text);
        case Frame::Kind::Pong:
            return ponged(connection);
        case Frame::Kind::Close:
        case Frame::Kind::End:
            return closed(connection, frame);
        default:
            return;
    }
}

void WiredHub::open(const std::shared_ptr<Wire>& wire) {
    if (unknown_.contains(wire->server())) {
        wire->send(Way::ToAgent, {Frame::Kind::Refused, "", 401});
        return wire->let_go(Way::ToHub);
    }
    ServerBudget& budget = budgets_.try_emplace(wire->server(), now()).first->second;
    if (!budget.logins.take(kLoginRate, now())) {
        wire->send(Way::ToAgent, {Frame::Kind::Refused, "", 429});
        return wire->let_go(Way::ToHub);
    }
    const auto made = connections_.try_emplace(wire->number(), wire, budget, now()).first;
    made->second.deadline = now() + kLoginTime;
    wire->send(Way::ToAgent, {Frame::Kind::Opened});
}

void WiredHub::receive(Connection& connection, const std::string& text) {
    if (connection.stage == Connection::Stage::Leaving) return;
    if (connection.stage == Connection::Stage::Making) connection.id = last_link_ + 1;
    const AgentLink::Outcome outcome =
        connection.link.receive(text, terms_, {connection.id, "sim", "sim"}, now(), inputs_);
    if (connection.slot != LinkLiveness::kNone) liveness_.seen(connection.slot, now());
    apply(connection, outcome);
}

void WiredHub::ponged(const Connection& connection) {
    if (connection.slot == LinkLiveness::kNone) return;
    liveness_.seen(connection.slot, now());
    inputs_.emplace_back(AgentSeen{connection.link.server(), connection.id});
}

void WiredHub::closed(Connection& connection, const Frame& frame) {
    const bool answer =
        frame.kind == Frame::Kind::Close && connection.stage != Connection::Stage::Leaving;
    leave(connection, connection.link.departure(), "closed");
    if (answer) connection.wire->send(Way::ToAgent, {Frame::Kind::Close, "", frame.code});
    drop(connection);
}

void WiredHub::apply(Connection& connection, const AgentLink::Outcome& outcome) {
    if (outcome.linked) link(connection);
    if (outcome.probed) answers_.emplace_back(connection.link.server(), *outcome.probed);
    if (!outcome.reply.empty())
        connection.wire->send(Way::ToAgent, {Frame::Kind::Text, outcome.reply});
    if (outcome.close_code == 0) return;
    leave(connection, Departure::Closed, outcome.close_reason);
    begin_close(connection, outcome.close_code);
}

// The newest wins; of the older one nothing is reported.
void WiredHub::link(Connection& connection) {
    last_link_ = connection.id;
    connection.stage = Connection::Stage::Linked;
    connection.deadline = kNever;
    connection.slot = liveness_.add(&connection, terms_.heartbeat_interval, now());
    Connection* older = std::exchange(by_server_[connection.link.server()], &connection);
    if (older != nullptr) begin_close(*older, wire::kCloseReplaced);
}

void WiredHub::leave(Connection& connection, Departure how, const std::string& detail) {
    const bool was_linked = connection.stage == Connection::Stage::Linked;
    connection.stage = Connection::Stage::Leaving;
    stop_watching_silence(connection);
    if (!was_linked) return;
    by_server_.erase(connection.link.server());
    inputs_.emplace_back(connection.link.left(connection.id, how, detail));
}

void WiredHub::begin_close(Connection& connection, std::uint16_t code) {
    connection.stage = Connection::Stage::Leaving;
    stop_watching_silence(connection);
    connection.wire->send(Way::ToAgent, {Frame::Kind::Close, "", code});
    connection.deadline = now() + kCloseTime;
}

void WiredHub::drop(Connection& connection) {
    connection.wire->let_go(Way::ToHub);
    connections_.erase(connection.wire->number());
}

void WiredHub::stop_watching_silence(Connection& connection) {
    const auto slot = std::exchange(connection.slot, LinkLiveness::kNone);
    if (slot != LinkLiveness::kNone) liveness_.remove(slot);
}

void WiredHub::check_deadlines(Instant now) {
    for (auto next = connections_.begin(); next != connections_.end();) {
        Connection& connection = (next++)->second;
        if (now < connection.deadline) continue;
        if (connection.stage == Connection::Stage::Making) {
            const auto outcome = refuse(wire::kCloseProtocolError, "no_hello", "no hello in time");
            connection.wire->send(Way::ToAgent, {Frame::Kind::Text, outcome.reply});
            begin_close(connection, outcome.close_code);
        } else {
            drop(connection);
        }
    }
}

void WiredHub::check_silence(Instant now) {
    if (now < liveness_.next_sweep()) return;
    const LinkLiveness::Findings findings = liveness_.sweep(now);
    for (void* owner : findings.ping)
        static_cast<Connection*>(owner)->wire->send(Way::ToAgent, {Frame::Kind::Ping});
    for (void* owner : findings.silent) {
        Connection& connection = *static_cast<Connection*>(owner);
        leave(connection, Departure::Silent, "no answer to a ping");
        drop(connection);
    }
}

Instant WiredHub::next_deadline() const {
    Instant next = liveness_.next_sweep();
    for (const auto& [number, connection] : connections_)
        next = std::min(next, connection.deadline);
    return next;
}

void WiredHub::arm() {
    const Instant next = next_deadline();
    if (next == kNever || (armed_ > now() && armed_ <= next)) return;
    armed_ = std::max(next, now() + Duration{1});
    network_.schedule.in(armed_ - now(), [weak = weak_from_this(), at = armed_] {
        const auto self = weak.lock();
        if (self && self->armed_ == at) self->turn();
    });
}

}  // namespace understudy::simulation
