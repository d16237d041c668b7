// AgentListener: the agents' connections. Login by token in the upgrade, hello within a deadline,
// then AgentLink decides what the messages mean and LinkLiveness finds who went silent. Used by
// Hub; loop thread.
//
// A connection is Making (accept, TLS, upgrade, hello; in one of Admission's places), then Linked,
// then Leaving (our close or theirs is under way). It lives until libwebsockets has freed its
// socket.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "controller/hub/admission.h"
#include "controller/hub/agent_link.h"
#include "controller/hub/agent_socket.h"
#include "controller/hub/hub.h"
#include "controller/hub/liveness.h"

namespace understudy {

// Where what agents bring is put.
struct AgentArrivals {
    std::vector<Input>& inputs;
    std::vector<ProbeAnswer>& probed;
    std::vector<Enrolment>& enrolments;
};

class AgentListener : public AgentSocket::Owner {
  public:
    struct Options {
        LinkTerms terms;
        Duration login_time{10'000};
        AdmissionLimits admission;
        std::size_t agents_limit = 10'000;
    };
    AgentListener(const Options& options, const AgentDirectory& directory, AgentArrivals arrivals);
    ~AgentListener() override;

    Result<Done> open(Loop& loop, Tls* tls, const std::vector<ListenAddress>& addresses);
    const std::vector<ListenAddress>& bound() const { return acceptor_->bound(); }

    // After every turn of the loop: deadlines and silence. Input has been applied by then.
    void tick(Instant now);
    Instant next_deadline() const;

    // Hub's of the same names (agent_probes.cpp).
    bool can_probe(ServerId server, bool proxied) const;
    bool probe(ServerId server, const wire::Probe& probe);
    // agent_enrolment.cpp
    void answer_enrolment(std::uint64_t id, const Result<std::string>& server);

    void close_agent(ServerId server, std::uint16_t code, std::string_view why);
    void set_heartbeat(Duration interval) { terms_.heartbeat_interval = interval; }

    void begin_stop();
    bool stopped() const { return stopping_ && connections_.empty(); }
    // The loop is about to close the rest; nothing is reported from here on.
    void abandon();

    std::size_t linked() const { return by_server_.size(); }
    const HubCounters& counters() const { return counters_; }
    std::vector<Budget> budgets(Instant now) const;

  private:
    struct Connection;

    Tls* tls() override { return tls_; }
    Result<Done> log_in(AgentSocket& socket, std::string_view token) override;
    Result<Done> enroll(AgentSocket& socket, std::string_view code) override;
    void take_enrolment(Connection& connection, std::string_view message);
    void count_wrong(const Connection& connection, std::string_view secret, const char* what,
                     Instant now);
    std::optional<Error> slowed(const Connection& connection, ServerBudget& budget,
                                const std::string& name, Instant now);
    void upgrade_refused(AgentSocket& socket) override;
    void received(AgentSocket& socket, std::string_view message) override;
    void misused(AgentSocket& socket, std::string code, std::string problem) override;
    void broke(AgentSocket& socket, std::string_view problem) override;
    void ponged(AgentSocket& socket) override;
    void closed(AgentSocket& socket, std::string_view detail, std::uint16_t code) override;
    void freed(AgentSocket& socket) override;

    void accept(int descriptor, const Peer& peer);
    bool admitted(const Peer& peer, Instant now);
    void give_way(Connection& connection);
    void apply(Connection& connection, const AgentLink::Outcome& outcome);
    void link(Connection& connection);
    void leave(Connection& connection, Departure how, std::string_view detail);
    void stop_watching_silence(Connection& connection);
    void begin_close(Connection& connection, std::uint16_t code, std::string_view why);
    void finish_login(Connection& connection);
    void watch(Connection& connection, Duration time);
    void check_deadlines(Instant now);
    void expire(Connection& connection);
    void cut(Connection& connection);
    void check_silence(Instant now);
    void close_wave(Instant now);

    LinkTerms terms_;
    const Duration login_time_;
    const std::size_t agents_limit_;
    const AgentDirectory& directory_;
    std::vector<Input>& inputs_;
    std::vector<ProbeAnswer>& probed_;
    std::vector<Enrolment>& enrolments_;
    Admission admission_;
    LinkLiveness liveness_;
    HubCounters counters_;  // the agents' share
    std::uint64_t no_room_ = 0;
    Tls* tls_ = nullptr;
    lws_vhost* vhost_ = nullptr;
    std::unique_ptr<Acceptor> acceptor_;
    std::unordered_map<AgentSocket*, std::unique_ptr<Connection>> connections_;
    std::unordered_map<ServerId, Connection*> by_server_;
    std::unordered_map<ServerId, ServerBudget> budgets_;  // of every server that ever logged in
    std::unordered_set<Connection*> watched_;             // Making or Leaving: they have a deadline
    Instant next_check_ = kNever;
    LinkId last_link_ = 0;
    std::uint64_t last_enrolment_ = 0;
    std::vector<ServerId> to_stop_;
    Instant next_wave_ = kNever;
    bool stopping_ = false;
    bool abandoned_ = false;
};

}  // namespace understudy
