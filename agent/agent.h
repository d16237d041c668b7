// The agent put together: the session's actions carried out on the link, the checks' results handed
// to the session, signals, systemd. One object, one thread, one loop; main.cpp makes it.
#pragma once

#include <memory>
#include <string>

#include "agent/alarm.h"
#include "agent/checks/runner.h"
#include "agent/config.h"
#include "agent/link.h"
#include "agent/reactor.h"
#include "agent/session.h"
#include "agent/siblings/prober.h"
#include "agent/signals.h"
#include "agent/stop_reason.h"
#include "base/clock.h"
#include "base/service_notify.h"

namespace understudy {

class Agent {
  public:
    // config_file and credentials: to read again on SIGHUP.
    Agent(AgentConfig config, std::string config_file, std::string credentials);

    // Until stopped by a signal. The exit code: 0 stopped as asked, 1 the link could not be set up.
    int run();

  private:
    void turn();
    void on_signal(int signal);
    void reload();
    void step(const session::Event& event);
    void act(const session::Action& action);
    void connect();
    void start_when_checked(Instant now);
    void configure_prober();
    void probe(Instant now);
    void feed_watchdog(Instant now);
    void show_state();
    Instant next_deadline() const;

    AgentConfig config_;
    std::string config_file_;
    std::string credentials_;
    Reactor reactor_;
    Signals signals_;
    Alarm alarm_;
    CheckRunner checks_;
    Prober prober_;
    StopReason stop_reason_;
    std::unique_ptr<Link> link_;
    PublicAddresses told_;  // the log has it
    Session session_;
    ServiceNotify systemd_;
    Session::State shown_state_ = Session::State::Idle;
    Instant first_results_by_{};
    Instant passing_by_{};
    Instant next_watchdog_{};
    bool reload_wanted_ = false;
    bool finished_ = false;
};

}  // namespace understudy
