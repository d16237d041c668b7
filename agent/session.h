// The agent's side of the protocol `understudy.agent.v1` (docs/protocol.md) as a pure machine:
// events and time in, actions out. Used by agent.cpp and by the simulation; one thread.
//
// It never gives up. Whatever the network or the controller does ends in one of two things: a link
// that carries heartbeats and their acks, or another attempt after a jittered delay.
//
// Call step() for every event, and with TimePassed no later than next_deadline(). A step that comes
// much later than that means that this machine was suspended or stalled: the link is then probed,
// or given up when the controller must have taken us for gone already.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/session_event.h"
#include "base/clock.h"
#include "base/random.h"
#include "schema/wire.h"

namespace understudy {

// Who this agent says it is.
struct AgentIdentity {
    std::string agent;  // "understudy-agent 0.1.0"
    std::string hostname;
    std::string boot_id;
};

class Session {
  public:
    enum class State {
        Idle,        // not started
        Waiting,     // for the next attempt
        Connecting,  // TCP, TLS and upgrade are under way
        Greeting,    // hello is out, no welcome yet
        Linked,      // heartbeats flow
        Closing,     // close frame is out
        Finished,    // stopped on purpose
    };

    // load: how busy this machine is, asked for each heartbeat; none, or no function: not told.
    using Load = std::function<std::optional<double>()>;
    Session(AgentIdentity identity, Random random, Load load = {});

    // Told with the next link's hello: wire::kCanProbe.
    void set_capabilities(std::vector<std::string> capabilities) {
        capabilities_ = std::move(capabilities);
    }

    // Asked for each heartbeat as well: at which addresses others reach this machine, as the
    // protocol has them (wire::Heartbeat).
    using Addresses = std::function<std::pair<std::string, std::string>()>;
    void set_addresses(Addresses addresses) { addresses_ = std::move(addresses); }

    session::Actions step(Instant now, const session::Event& event);
    Instant next_deadline() const;

    State state() const { return state_; }
    const std::string& server_name() const { return server_name_; }  // as the last welcome had it

    static constexpr Duration kConnectLimit{10'000};
    static constexpr Duration kWelcomeLimit{10'000};
    static constexpr Duration kCloseLimit{2'000};
    // Lateness that is taken for a nap, and how long the controller then has for an ack.
    static constexpr Duration kNap{3'000};
    static constexpr Duration kProbeLimit{5'000};
    // A link that lasted this long forgets earlier failures.
    static constexpr Duration kStable{30'000};
    static constexpr Duration kFirstDelay{1'000};
    static constexpr Duration kLongestDelay{30'000};
    // The same trouble is logged again only after this.
    static constexpr Duration kReminder{15 * 60'000};

  private:
    // How soon to try again.
    enum class Retry {
        Soon,    // 0.2-1 s first, then doubling
        Spread,  // the controller restarts for everybody at once: 1-5 s first
        Late,    // trying sooner cannot help: 15-30 s
        Now,     // we slept; the controller and the network are not to blame
    };

    bool woke_late(Duration late);  // true: the link was given up
    void on(const session::Started&);
    void on(const session::LinkOpened&);
    void on(const session::LinkClosed& end);
    void on(const session::MessageReceived& message);
    void on(const session::NonsenseReceived& nonsense);
    void on(const session::StatusChanged& change);
    void on(const session::StopRequested& stop);
    void on(const session::ProbeFound& found);
    void on(const session::TimePassed&);
    void on_message(const wire::Welcome& welcome);
    void on_message(const wire::HeartbeatAck& ack);
    void on_message(const wire::Refusal& refusal);
    void on_message(const wire::Probe& probe);
    void on_message(const wire::Enrolled& enrolled);

    void connect();
    void send(const wire::AgentMessage& message);
    void send_heartbeat();
    void close_for_nonsense(const std::string& problem, Retry retry = Retry::Soon);
    void close(std::uint16_t code, const std::string& reason, Retry retry);
    void drop(const std::string& problem, Retry retry);
    void link_gone(Retry retry);
    Duration delay(Retry retry);
    void say_problem(const std::string& problem);
    void say(log::Level level, std::string message);
    bool has_open_link() const { return state_ == State::Greeting || state_ == State::Linked; }

    AgentIdentity identity_;
    Random random_;
    Load load_;
    Addresses addresses_;
    std::vector<std::string> capabilities_;
    wire::Status status_;
    State state_ = State::Idle;
    bool stopping_ = false;
    session::Actions actions_;  // of the step that runs now
    Instant now_{};

    Instant deadline_ = kNever;          // of the state, except Linked
    Instant next_heartbeat_ = kNever;    // Linked
    Instant silence_deadline_ = kNever;  // Linked
    Instant linked_at_{};                // Linked
    Retry after_close_ = Retry::Soon;    // Closing
    Duration heartbeat_interval_{10'000};
    Duration silence_limit_{30'000};
    std::int64_t last_sequence_ = 0;                        // of this link
    TokenBucket messages_{{wire::kMessagesAtOnce, 0}, {}};  // of this link
    std::string server_name_;

    int attempts_ = 0;  // since the last stable link
    std::string last_problem_;
    Instant problem_said_at_{};
};

}  // namespace understudy
