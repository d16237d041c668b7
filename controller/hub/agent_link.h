// AgentLink: the agent protocol as the controller speaks it, for one connection: hello first,
// welcome, heartbeats and their acks, status, goodbye; and what makes us close it. Used by
// AgentListener, which carries the texts. Pure: no socket, no clock. schema/wire.h has the
// messages, docs/protocol.md the text.
//
// A status is a level, not an edge: where checks turn faster than the server's budget allows, the
// newest waits for it, and those between are of no account.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "controller/core/input.h"
#include "controller/hub/server_budget.h"
#include "schema/wire.h"

namespace understudy {

// What the controller tells every agent.
struct LinkTerms {
    Duration heartbeat_interval{10'000};
    std::string controller = "understudy-controller";
};

class AgentLink {
  public:
    enum class State : std::uint8_t { AwaitingHello, Linked, Left };

    // What one text brought about. The peer sees `reply` before the close.
    struct Outcome {
        std::string reply;
        bool linked = false;           // became Linked now
        std::uint16_t close_code = 0;  // not 0: close with it
        std::string close_reason;
        std::optional<wire::Probed> probed;  // who asked knows whether anybody did
    };

    // The budget is the server's and outlives the link.
    AgentLink(ServerId server, ServerBudget& budget, Instant now)
        : server_(server), budget_(budget), messages_({wire::kMessagesAtOnce, 0}, now) {}

    // Appends to `inputs`: AgentLinked and AgentReported after a good hello, AgentSeen after any
    // valid message, AgentReported after a status, AddressReported where a heartbeat says others
    // than before. `name` and `peer` are for the welcome and the log.
    struct Identity {
        LinkId link = 0;
        std::string_view name;
        std::string_view peer;
        std::string_view address = {};  // the peer's, without the port
        std::string_view token_prefix = {};
    };
    Outcome receive(std::string_view text, const LinkTerms& terms, const Identity& identity,
                    Instant now, std::vector<Input>& inputs);

    // The close of a link that was linked; for close codes of ours see departure_of().
    AgentLeft left(LinkId link, Departure how, std::string detail) const;
    // How to take a close from the other side: what its goodbye said, or plainly closed.
    Departure departure() const { return departure_; }

    ServerId server() const { return server_; }
    State state() const { return state_; }
    // It said so in its hello. proxied: with the PROXY protocol's header.
    bool can_probe(bool proxied) const { return can_probe_ && (can_proxy_ || !proxied); }
    void set_left() { state_ = State::Left; }

  private:
    Outcome on(const wire::Hello& hello, const LinkTerms& terms, const Identity& identity,
               std::vector<Input>& inputs);
    Outcome on(const wire::Heartbeat& heartbeat, const Identity& identity,
               std::vector<Input>& inputs);
    void take_addresses(const wire::Heartbeat& heartbeat, LinkId link, std::vector<Input>& inputs);
    Outcome on(const wire::Probed& probed, const Identity& identity,
               std::vector<Input>& inputs) const;
    Outcome on(const wire::Goodbye& goodbye);
    void take_status(const wire::Status& status, const Identity& identity, Instant now,
                     std::vector<Input>& inputs);

    ServerId server_;
    ServerBudget& budget_;
    TokenBucket messages_;
    bool reported_ok_ = true;
    bool can_probe_ = false;
    bool can_proxy_ = false;
    std::optional<wire::Status> waiting_;  // for the budget
    struct Addresses {
        std::optional<Ipv4> ipv4;
        std::optional<Ipv6> ipv6;
        bool ipv4_of_link = false;  // what it said is no more than that
        bool ipv6_of_link = false;
        friend bool operator==(const Addresses&, const Addresses&) = default;
    };
    Addresses peer_;      // where the link comes from: one of them
    Addresses reported_;  // as its agent last said
    State state_ = State::AwaitingHello;
    Departure departure_ = Departure::Closed;
};

// Ends the link with a refusal the agent's operator sees in its log.
AgentLink::Outcome refuse(std::uint16_t close_code, std::string code, std::string message);

}  // namespace understudy
