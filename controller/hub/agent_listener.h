// AgentListener: the agents' WebSocket connections. Login by token in the upgrade, hello within a
// deadline, then AgentLink decides what the messages mean; Liveness finds who went silent. Used by
// Hub; loop thread.
//
// A connection is Making (accept, TLS, upgrade, hello; counted by Admission), then Linked, then
// Leaving (our close or theirs is under way; nothing more is read). It lives until libwebsockets
// has freed its socket.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "controller/hub/admission.h"
#include "controller/hub/agent_link.h"
#include "controller/hub/hub.h"
#include "controller/hub/liveness.h"

struct lws;
struct lws_vhost;

namespace understudy {

class AgentListener {
  public:
    struct Options {
        LinkTerms terms;
        Duration login_time{10'000};
        AdmissionLimits admission;
        std::size_t agents_limit = 10'000;
    };
    AgentListener(const Options& options, const AgentDirectory& directory,
                  std::vector<Event>& events);
    ~AgentListener();

    Result<Done> open(Loop& loop, Tls* tls, const std::vector<ListenAddress>& addresses);
    const std::vector<ListenAddress>& bound() const { return acceptor_->bound(); }

    // After every turn of the loop: deadlines and silence. Input has been applied by then.
    void tick(Instant now);
    Instant next_deadline() const;

    void close_agent(ServerId server, std::uint16_t code, std::string_view why);
    void set_heartbeat(Duration interval) { terms_.heartbeat_interval = interval; }

    void begin_stop();
    bool stopped() const { return stopping_ && connections_.empty(); }
    // The loop is about to close the rest; nothing is reported from here on.
    void abandon();

    std::size_t linked() const { return by_server_.size(); }
    void add_to(HubCounters& counters) const;

    struct Connection;
    struct Callback;  // libwebsockets' way in

  private:
    void accept(int descriptor, const Peer& peer);
    int upgrade(Connection& connection);
    int refuse_upgrade(Connection& connection, std::string_view status, std::string_view text);
    void receive(Connection& connection, std::string_view text);
    void apply(Connection& connection, const AgentLink::Outcome& outcome);
    void link(Connection& connection);
    void leave(Connection& connection, Departure how, std::string_view detail);
    void begin_close(Connection& connection, std::uint16_t code, std::string_view why);
    void finish_login(Connection& connection);
    void watch(Connection& connection, Duration time);
    void forget(Connection& connection);
    void check_deadlines(Instant now);
    void check_silence(Instant now);
    void close_wave(Instant now);
    void send(Connection& connection, std::string_view text);

    LinkTerms terms_;
    const Duration login_time_;
    const std::size_t agents_limit_;
    const AgentDirectory& directory_;
    std::vector<Event>& events_;
    Admission admission_;
    Liveness liveness_;
    HubCounters counters_;
    lws_vhost* vhost_ = nullptr;
    Tls* tls_ = nullptr;
    std::unique_ptr<class Acceptor> acceptor_;
    std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
    std::unordered_map<ServerId, Connection*> by_server_;
    std::unordered_set<Connection*> watched_;  // Making or Leaving: they have a deadline
    Instant next_check_ = kNever;
    LinkId last_link_ = 0;
    bool stopping_ = false;
    bool abandoned_ = false;
    std::vector<ServerId> to_stop_;
    Instant next_wave_ = kNever;
    std::string frame_;  // for sending: libwebsockets wants room in front
};

}  // namespace understudy
