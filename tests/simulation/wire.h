// Wire: one connection between an agent and the controller: TCP, TLS and WebSocket as far as the
// two ends can tell. Each way keeps its order and loses nothing that the far end's machine is there
// to take; what cannot pass waits and is sent again when it can, as TCP does. Whoever writes to a
// socket that is gone is told so, once that word gets through.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "controller/core/model.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

enum class Way : std::uint8_t { ToHub, ToAgent };

struct Frame {
    enum class Kind : std::uint8_t {
        Open,     // to the hub: SYN, TLS and the request to upgrade
        Opened,   // its answers
        Refused,  // code: the HTTP status
        Text,
        Ping,
        Pong,
        Close,  // code: of the close frame
        End,    // FIN or RST
    };
    Kind kind = Kind::Text;
    std::string text{};
    std::uint16_t code = 0;
};

class Wire;

class WireEnd {
  public:
    virtual ~WireEnd() = default;
    virtual void arrived(const std::shared_ptr<Wire>& wire, Frame frame) = 0;
};

// What all wires share: the controller's machine, and how fast things are.
struct Network {
    Network(Schedule& the_schedule, std::uint64_t seed) : schedule(the_schedule), random(seed) {}
    Duration latency();

    Schedule& schedule;
    Random random;
    bool slow = false;
    bool hub_machine = true;      // is there and takes what arrives
    WireEnd* listener = nullptr;  // none: connections are refused
    std::uint64_t wires = 0;      // made so far
};

// What the wires of one agent's machine share.
struct Route {
    explicit Route(Network& the_network) : network(the_network) {}
    std::shared_ptr<Wire> connect(ServerId server, WireEnd& agent);
    // Something may pass that could not.
    void retry();

    Network& network;
    bool agent_machine = true;  // is there and takes what arrives
    std::array<bool, 2> cut{};  // by Way
    Instant refused_until{};    // something in between turns connections away
    std::vector<std::weak_ptr<Wire>> wires{};
};

class Wire : public std::enable_shared_from_this<Wire> {
  public:
    Wire(Route& route, ServerId server, WireEnd& agent);

    void send(Way way, Frame frame);
    // The end that `way` leads to has closed its socket; the other end is told.
    void let_go(Way way);
    // It is gone without a word.
    void forget(Way way) { end(way) = nullptr; }
    // Something in between ends it for both.
    void reset();
    // Nothing passes for a while; or never again.
    void stall(Duration time);
    void lose() { lost_ = true; }
    void retry();

    std::uint64_t number() const { return number_; }
    ServerId server() const { return server_; }  // whose token was shown

  private:
    struct Direction {
        std::deque<Frame> frames;
        std::size_t due = 0;  // of them have arrived, unless they cannot pass
        Instant last{};       // when the last one is due
    };
    WireEnd*& end(Way way) { return ends_[static_cast<std::size_t>(way)]; }
    bool passes(Way way) const;
    void deliver(Way way);
    void hand_over(Way way, Frame frame);

    Route& route_;
    ServerId server_;
    std::uint64_t number_;
    std::array<Direction, 2> directions_;  // by Way
    std::array<WireEnd*, 2> ends_{};       // by the Way that leads there; null: no socket
    Instant stalled_until_{};
    bool lost_ = false;
};

}  // namespace understudy::simulation
