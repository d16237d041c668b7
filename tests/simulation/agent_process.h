// AgentProcess: one run of understudy-agent: the production Session, driven as agent/agent.cpp
// drives it, with a Wire in place of its socket.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "agent/session.h"
#include "tests/simulation/wire.h"

namespace understudy::simulation {

class AgentProcess : public WireEnd, public std::enable_shared_from_this<AgentProcess> {
  public:
    // Whether the service at that address answers as it should.
    using Look = std::function<bool(const std::string& address)>;
    AgentProcess(Route& route, ServerId server, wire::Status status, const Look& look);

    void start();
    void report(wire::Status status);
    void stop(wire::GoodbyeReason reason);
    // It does not run; its machine takes what arrives.
    void freeze() { frozen_ = true; }
    void thaw();
    // It has ended: its machine closes its socket, or is gone as well.
    void kill();
    void vanish();

    bool finished() const { return over_; }
    const std::shared_ptr<Wire>& wire() const { return wire_; }  // null: none

    void arrived(const std::shared_ptr<Wire>& wire, Frame frame) override;

  private:
    void turn();
    void take(const Frame& frame);
    void link_ended(session::LinkClosed end);
    void step(const session::Event& event);
    void act(const session::Action& action);
    void look_at(const wire::Probe& probe);
    void close(std::uint16_t code);
    void drop();
    void arm();

    Route& route_;
    ServerId server_;
    const Look& look_;
    double load_;
    Session session_;
    wire::Status status_;
    std::optional<wire::GoodbyeReason> stop_;
    std::shared_ptr<Wire> wire_;
    std::deque<Frame> inbox_;
    bool closing_ = false;  // our close frame is out
    bool frozen_ = false;
    bool over_ = false;
    Instant armed_ = kNever;
};

}  // namespace understudy::simulation
