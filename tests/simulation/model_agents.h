// ModelAgents: agents without a protocol. What the hub would tell the controller comes out as
// inputs, late, sometimes twice and sometimes not at all, as on a real network. Heartbeats are not
// sent one by one but counted when somebody looks.
#pragma once

#include <deque>
#include <vector>

#include "tests/simulation/agents.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class ModelAgents : public Agents {
  public:
    ModelAgents(Schedule& schedule, std::uint64_t seed, Tell tell)
        : schedule_(schedule), random_(seed), tell_(std::move(tell)) {}

    void add(ServerId server) override;
    void remove(ServerId server) override;
    std::size_t size() const override { return agents_.size(); }
    bool serves(ServerId server) const override;
    bool grey(ServerId server) const override;
    bool linked(ServerId server) const override;
    ServerId server_at(std::size_t index) const override { return agents_[index].server; }

    void crash(std::size_t index, bool silently) override;
    void boot(std::size_t index) override;
    void partition(std::size_t index) override;
    void reconnect(std::size_t index) override;
    void freeze(std::size_t index) override;
    void thaw(std::size_t index) override;
    void half_open(std::size_t index, Duration unnoticed) override;
    void fail_check(std::size_t index, bool failing) override;
    void report_check(std::size_t index, bool failing) override;
    void fail_service(std::size_t index, bool dead) override;
    void turn_grey(std::size_t index, bool grey) override;
    void kill_agent(std::size_t index) override;
    void restart_agent(std::size_t index) override;
    void shut_down(std::size_t index) override;
    void cross_links(std::size_t index) override;
    void close_link(std::size_t index, Duration back_after) override;
    void repeat_message(Random& random) override;
    void slow_down(bool slow) override { slow_ = slow; }
    void heal() override;

    void controller_started() override;
    void controller_crashed() override {}
    void controller_suspended() override {}
    void controller_resumed() override { tell_beats(schedule_.now()); }
    void catch_up() override { tell_beats({}); }

  private:
    struct Agent {
        ServerId server;
        bool up = true;
        bool reachable = true;
        bool frozen = false;
        bool failing = false;     // its check says so
        bool check_dead = false;  // and it does not serve
        bool service_dead = false;
        bool grey = false;
        bool removed = false;
        LinkId link = 0;  // 0: not linked
        Instant beats_from{};
        std::int64_t beats_told = 0;
        double load = 0;
    };
    bool can_speak(const Agent& agent) const {
        return agent.up && agent.reachable && !agent.frozen && !agent.removed;
    }
    void link_soon(std::size_t index);
    void link(std::size_t index);
    void drop(std::size_t index, Departure how, Duration after);
    void hush();
    // not_before: the controller slept.
    void tell_beats(Instant not_before);
    Instant beat_at(const Agent& agent, std::int64_t beat) const;
    void send(const Input& input, Duration after);
    Duration latency();

    Schedule& schedule_;
    Random random_;
    Tell tell_;
    std::vector<Agent> agents_;
    std::deque<Input> said_;
    LinkId last_link_ = 0;
    Instant next_beat_{};
    bool slow_ = false;
    std::uint64_t life_ = 0;  // what was on its way to an earlier life of the controller is lost
};

}  // namespace understudy::simulation
