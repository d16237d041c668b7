// WiredHub: the controller's side of the links for one life of it: the production AgentLink and
// LinkLiveness, put together as controller/hub/agent_listener.cpp does, with Wires in place of its
// sockets.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "controller/hub/agent_link.h"
#include "controller/hub/liveness.h"
#include "tests/simulation/wire.h"

namespace understudy::simulation {

class WiredHub : public WireEnd, public std::enable_shared_from_this<WiredHub> {
  public:
    // Gets what one turn brought, and may end this life of the controller.
    using Tell = std::function<void(std::vector<Input>)>;
    using Probed = std::function<void(ServerId by, const wire::Probed&)>;
    WiredHub(Network& network, const std::set<ServerId>& unknown, Tell tell, Probed probed)
        : network_(network),
          unknown_(unknown),
          tell_(std::move(tell)),
          probed_(std::move(probed)) {}

    void arrived(const std::shared_ptr<Wire>& wire, Frame frame) override;
    void revoke(ServerId server);
    bool linked(ServerId server) const { return by_server_.contains(server); }
    bool can_probe(ServerId server, bool proxied) const;
    bool probe(ServerId server, const wire::Probe& probe);
    bool suspended() const { return suspended_; }
    void suspend() { suspended_ = true; }
    void resume();
    // The process has ended: its machine closes the sockets, or is gone as well.
    void end(bool vanishes);

  private:
    struct Connection {
        enum class Stage : std::uint8_t { Making, Linked, Leaving };

        Connection(std::shared_ptr<Wire> its_wire, ServerBudget& budget, Instant now)
            : wire(std::move(its_wire)), link(wire->server(), budget, now) {}

        std::shared_ptr<Wire> wire;
        AgentLink link;
        Stage stage = Stage::Making;
        LinkId id = 0;
        LinkLiveness::Slot slot = LinkLiveness::kNone;
        Instant deadline = kNever;  // of what is being made or is leaving
    };

    void turn();
    void take(const std::shared_ptr<Wire>& wire, const Frame& frame);
    void open(const std::shared_ptr<Wire>& wire);
    void receive(Connection& connection, const std::string& text);
    void ponged(const Connection& connection);
    void closed(Connection& connection, const Frame& frame);
    void apply(Connection& connection, const AgentLink::Outcome& outcome);
    void link(Connection& connection);
    void leave(Connection& connection, Departure how, const std::string& detail);
    void begin_close(Connection& connection, std::uint16_t code);
    void drop(Connection& connection);
    void stop_watching_silence(Connection& connection);
    void check_deadlines(Instant now);
    void check_silence(Instant now);
    Instant next_deadline() const;
    void arm();
    Instant now() const { return network_.schedule.now(); }

    Network& network_;
    const std::set<ServerId>& unknown_;  // their tokens are refused
    Tell tell_;
    Probed probed_;
    LinkTerms terms_;
    LinkLiveness liveness_;
    std::map<ServerId, ServerBudget> budgets_;
    std::map<std::uint64_t, Connection> connections_;  // by the number of the wire
    std::map<ServerId, Connection*> by_server_;
    std::deque<std::pair<std::shared_ptr<Wire>, Frame>> inbox_;
    std::vector<Input> inputs_;
    std::vector<std::pair<ServerId, wire::Probed>> answers_;
    LinkId last_link_ = 0;
    bool suspended_ = false;
    bool over_ = false;
    Instant armed_ = kNever;
};

}  // namespace understudy::simulation
