// Agents: the truth about every server and its link. What the hub would tell the controller comes
// out as events, late, sometimes twice and sometimes not at all, as on a real network.
//
// Heartbeats are thinned: they are told just before the engine next hears of anything else, or
// before the shortest health timeout could run out; of several due by then only the last, which is
// all that the engine remembers of them. What it sees when it looks is the same.
#pragma once

#include <deque>
#include <functional>
#include <vector>

#include "base/random.h"
#include "controller/core/event.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class Agents {
  public:
    using Tell = std::function<void(const Event&, Instant at)>;
    Agents(Schedule& schedule, std::uint64_t seed, Tell tell)
        : schedule_(schedule), random_(seed), tell_(std::move(tell)) {}

    void add(ServerId server);
    void remove(ServerId server);
    std::size_t size() const { return agents_.size(); }
    ServerId server(std::size_t index) const { return agents_[index].server; }
    // Whether visitors are served by it.
    bool serves(ServerId server) const;

    void crash(std::size_t index, bool silently);
    void boot(std::size_t index);
    void partition(std::size_t index);
    void reconnect(std::size_t index);
    void freeze(std::size_t index);
    void thaw(std::size_t index);
    void half_open(std::size_t index, Duration unnoticed);
    void fail_check(std::size_t index, bool failing);
    void restart_agent(std::size_t index);
    void shut_down(std::size_t index);
    void cross_links(std::size_t index);
    void close_link(std::size_t index, Duration back_after);
    void repeat_message(Random& random);
    void slow_down(bool slow) { slow_ = slow; }
    // Everything is well again.
    void heal();

    // The controller started anew: every live agent connects again.
    void controller_started();
    // Heartbeats that have arrived by now and are not told yet. not_before: the controller slept.
    void catch_up(Instant not_before = {});

  private:
    struct Agent {
        ServerId server;
        bool up = true;
        bool reachable = true;
        bool frozen = false;
        bool failing = false;
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
    Instant beat_at(const Agent& agent, std::int64_t beat) const;
    void send(const Event& event, Duration after);
    Duration latency();

    Schedule& schedule_;
    Random random_;
    Tell tell_;
    std::vector<Agent> agents_;
    std::deque<Event> said_;
    LinkId last_link_ = 0;
    Instant next_beat_{};
    bool slow_ = false;
    std::uint64_t life_ = 0;  // what was on its way to an earlier life of the controller is lost
};

}  // namespace understudy::simulation
