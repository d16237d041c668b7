// WiredAgents: agents as they are. The production session on their side and the production end of
// the link on the controller's speak the protocol to each other; only the network in between is
// made up (wire.h), and the machines that crash, freeze and lose touch.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "controller/runtime/probes/sibling_rounds.h"
#include "tests/simulation/agent_process.h"
#include "tests/simulation/agents.h"
#include "tests/simulation/wired_hub.h"

namespace understudy::simulation {

class WiredAgents : public Agents, public SiblingLinks {
  public:
    WiredAgents(Schedule& schedule, std::uint64_t seed, Tell tell, AgentProcess::Look look,
                WiredHub::Probed probed);

    bool can_probe(ServerId server, bool proxied) const override {
        return hub_ && hub_->can_probe(server, proxied);
    }
    bool probe(ServerId server, const wire::Probe& probe) override {
        return hub_ && hub_->probe(server, probe);
    }

    void add(ServerId server) override;
    void remove(ServerId server) override;
    std::size_t size() const override { return machines_.size(); }
    bool serves(ServerId server) const override;
    bool grey(ServerId server) const override;
    ServerId server_at(std::size_t index) const override { return machines_[index].server; }
    bool linked(ServerId server) const override { return hub_ != nullptr && hub_->linked(server); }

    void crash(std::size_t index, bool silently) override;
    void boot(std::size_t index) override;
    void partition(std::size_t index) override;
    void reconnect(std::size_t index) override;
    void freeze(std::size_t index) override;
    void thaw(std::size_t index) override;
    void half_open(std::size_t index, Duration unnoticed) override;
    void fail_check(std::size_t index, bool failing) override;
    void report_check(std::size_t index, bool failing) override;
    void fail_service(std::size_t index, bool dead) override {
        machines_[index].service_dead = dead;
    }
    void turn_grey(std::size_t index, bool grey) override { machines_[index].grey = grey; }
    void kill_agent(std::size_t index) override;
    void restart_agent(std::size_t index) override;
    void shut_down(std::size_t index) override;
    void cross_links(std::size_t index) override;
    void close_link(std::size_t index, Duration back_after) override;
    void repeat_message(Random& random) override;
    void slow_down(bool slow) override;
    void heal() override;

    void controller_started() override;
    void controller_crashed() override;
    void controller_suspended() override;
    void controller_resumed() override;
    void catch_up() override;
    std::string untrue_link() const override;

  private:
    struct Machine {
        Machine(Network& network, ServerId its_server) : server(its_server), route(network) {}

        ServerId server;
        Route route;
        bool up = true;
        bool powered = true;
        bool reachable = true;
        bool frozen = false;
        bool asleep = false;      // frozen as a whole, its kernel too
        bool failing = false;     // its check says so
        bool check_dead = false;  // and it does not serve
        bool service_dead = false;
        bool grey = false;
        bool killed = false;                    // its agent, until reconnect()
        Instant calm_since{};                   // nothing befell it since
        std::shared_ptr<AgentProcess> process;  // null: none runs
        // Runs that are about to end, while the next has begun.
        std::vector<std::shared_ptr<AgentProcess>> others;
    };
    Random& random() { return network_.random; }
    bool can_stop(const Machine& machine) const {
        return machine.up && !machine.frozen && machine.process != nullptr;
    }
    void start_soon(Machine& machine);
    void start(Machine& machine);
    // The present run is not the one that counts any more.
    std::shared_ptr<AgentProcess> set_aside(Machine& machine);
    void end_all(Machine& machine, bool silently);
    void restart_after(Machine& machine, const std::shared_ptr<AgentProcess>& old);
    // Something befalls it now, and perhaps for a while.
    Machine& troubled(std::size_t index, Duration time = {});
    void can_pass(Machine& machine);
    void heard(std::vector<Input> inputs);

    Network network_;
    Tell tell_;
    AgentProcess::Look look_;
    WiredHub::Probed probed_;
    Instant calm_since_{};  // nothing befell the controller and the network
    std::deque<Machine> machines_;
    std::set<ServerId> removed_;
    std::shared_ptr<WiredHub> hub_;
    std::map<ServerId, std::pair<Instant, AgentSeen>> untold_;
};

}  // namespace understudy::simulation
