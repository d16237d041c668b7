// Agents: the truth about every server and its link, with crashes, freezes, partitions and
// restarts. What the hub would tell the controller comes out as events, late and sometimes twice,
// as on a real network.
#pragma once

#include <functional>
#include <vector>

#include "base/random.h"
#include "controller/core/event.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class Agents {
  public:
    using Tell = std::function<void(const Event&)>;
    Agents(Schedule& schedule, Random& random, Tell tell)
        : schedule_(schedule), random_(random), tell_(std::move(tell)) {}

    void add(ServerId server);
    bool up(std::size_t index) const { return agents_[index].up && agents_[index].reachable; }
    std::size_t size() const { return agents_.size(); }

    void crash(std::size_t index, bool silently);
    void boot(std::size_t index);
    void partition(std::size_t index);
    void reconnect(std::size_t index);
    void fail_check(std::size_t index, bool failing);
    void restart_agent(std::size_t index);
    // The controller started anew: every live agent connects again.
    void controller_started();

  private:
    struct Agent {
        ServerId server;
        bool up = true;
        bool reachable = true;
        bool failing = false;
        LinkId link = 0;  // 0: not linked
    };
    void link_soon(std::size_t index);
    void link(std::size_t index);
    void drop(std::size_t index, Departure how, Duration after);
    void beat(std::size_t index, LinkId link);
    Duration latency() { return random_.between(Duration{1}, Duration{200}); }

    Schedule& schedule_;
    Random& random_;
    Tell tell_;
    std::vector<Agent> agents_;
    LinkId last_link_ = 0;
};

}  // namespace understudy::simulation
