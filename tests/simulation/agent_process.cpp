#include "tests/simulation/agent_process.h"

#include <algorithm>

namespace understudy::simulation {
namespace {

double draw_load(Random& random) {
    return static_cast<double>(random.below(100)) / 100;
}

}  // namespace

AgentProcess::AgentProcess(Route& route, ServerId server, wire::Status status, const Look& look)
    : route_(route),
      server_(server),
      look_(look),
      load_(draw_load(route.network.random)),
      session_({"understudy-agent", "sim", "boot"}, Random{route.network.random.below(UINT64_MAX)},
               [this] { return load_; }),
      status_(std::move(status)) {
    session_.set_capabilities({std::string{wire::kCanProbe}});
}

void AgentProcess::start() {
    step(session::StatusChanged{status_});
    step(session::Started{});
    turn();
}

void AgentProcess::report(wire::Status status) {
    status_ = std::move(status);
    turn();
}

void AgentProcess::stop(wire::GoodbyeReason reason) {
    stop_ = reason;
    turn();
}

void AgentProcess::thaw() {
    frozen_ = false;
    turn();
}

void AgentProcess::kill() {
    over_ = true;
    drop();
}

void AgentProcess::vanish() {
    over_ = true;
    if (wire_) wire_->forget(Way::ToAgent);
    wire_.reset();
}

void AgentProcess::arrived(const std::shared_ptr<Wire>& wire, Frame frame) {
    if (wire != wire_) return;
    inbox_.push_back(std::move(frame));
    turn();
}

// What the network brought comes first, then time.
void AgentProcess::turn() {
    if (frozen_ || over_) return;
    while (!inbox_.empty()) {
        const Frame frame = std::move(inbox_.front());
        inbox_.pop_front();
        take(frame);
    }
    step(session::StatusChanged{status_});
    if (stop_) step(session::StopRequested{*stop_});
    step(session::TimePassed{});
    arm();
}

void AgentProcess::take(const Frame& frame) {
    switch (frame.kind) {
        case Frame::Kind::Opened:
            return step(session::LinkOpened{});
        case Frame::Kind::Refused:
            return link_ended({0, frame.code, "refused"});
        case Frame::Kind::Text:
            return step(session::MessageReceived{frame.text});
        case Frame::Kind::Ping:  // the library answers
            return wire_->send(Way::ToHub, {Frame::Kind::Pong});
        case Frame::Kind::Close:
            if (!closing_) close(frame.code);
            return link_ended({frame.code, 0, "the controller closed the link"});
        case Frame::Kind::End:
            return link_ended({0, 0, "the connection was lost"});
        case Frame::Kind::Open:
        case Frame::Kind::Pong:
            return;
    }
}

void AgentProcess::link_ended(session::LinkClosed end) {
    drop();
    step(std::move(end));
}

void AgentProcess::step(const session::Event& event) {
    for (const session::Action& action : session_.step(route_.network.schedule.now(), event))
        act(action);
}

void AgentProcess::act(const session::Action& action) {
    if (std::holds_alternative<session::Connect>(action)) {
        drop();
        wire_ = route_.connect(server_, *this);
    }
    const auto* text = std::get_if<session::Send>(&action);
    if (text != nullptr && wire_ && !closing_)
        wire_->send(Way::ToHub, {Frame::Kind::Text, text->text});
    if (const auto* end = std::get_if<session::CloseLink>(&action)) close(end->code);
    if (std::holds_alternative<session::DropLink>(action)) drop();
    if (const auto* wanted = std::get_if<session::LookAt>(&action)) look_at(wanted->probe);
    if (std::holds_alternative<session::Finish>(action)) kill();
}

// Attempts overlap, and each of a dead one waits for its time-out. Who is frozen meanwhile has
// nothing to say; nor is there anybody to say it to over another link.
void AgentProcess::look_at(const wire::Probe& probe) {
    const bool serves = look_(probe.address);
    const Duration quick = route_.network.random.between(Duration{5}, Duration{300});
    const Duration took =
        serves ? quick : Duration{(probe.fall - 1) * probe.fast_interval_ms + probe.timeout_ms};
    route_.network.schedule.in(took, [weak = weak_from_this(), probe, took, link = wire_] {
        const auto self = weak.lock();
        if (!self || self->over_ || self->frozen_ || self->wire_ != link) return;
        const bool well = self->look_(probe.address);
        const auto verdict = well ? wire::ProbeVerdict::Serves : wire::ProbeVerdict::Dead;
        const int last = std::min(static_cast<int>(took.count()), probe.timeout_ms);
        self->step(session::ProbeFound{{probe.id, verdict, "wired", last}});
    });
}

void AgentProcess::close(std::uint16_t code) {
    if (!wire_) return;
    closing_ = true;
    wire_->send(Way::ToHub, {Frame::Kind::Close, "", code});
}

void AgentProcess::drop() {
    if (wire_) wire_->let_go(Way::ToAgent);
    wire_.reset();
    inbox_.clear();
    closing_ = false;
}

// One timer at a time, as early as was ever asked for: most deadlines only move back.
void AgentProcess::arm() {
    const Instant next = session_.next_deadline();
    const Instant now = route_.network.schedule.now();
    if (over_ || next == kNever || (armed_ > now && armed_ <= next)) return;
    armed_ = std::max(next, now + Duration{1});
    route_.network.schedule.in(armed_ - now, [weak = weak_from_this(), at = armed_] {
        const auto self = weak.lock();
        if (self && self->armed_ == at) self->turn();
    });
}

}  // namespace understudy::simulation
