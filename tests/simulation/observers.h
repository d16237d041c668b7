// Observers: the controller's probes and those of siblings, as a model: what they would say of each
// server's service, when, and what happens to them when their own network is gone. Words come out
// as inputs, like those of ModelAgents.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "controller/core/change.h"
#include "tests/simulation/agents.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class Observers {
  public:
    // How many siblings look at each server, beside the controller.
    static constexpr std::size_t kSiblings = 2;

    Observers(Schedule& schedule, std::uint64_t seed, const Agents& agents, Agents::Tell tell)
        : schedule_(schedule), random_(seed), agents_(agents), tell_(std::move(tell)) {}

    void begin() { tick(); }
    // Whom pools now have as members, and which probe they ask for.
    void committed(const std::vector<Change>& changes);
    // Something is wrong with it: it is probed at once.
    void ask(ServerId server);
    // Nothing is reached from there for so long. by: none: the controller's probes.
    void cut_off(ServerId by, Duration length);
    void controller_started() { said_.clear(); }
    void heal() { cut_off_.clear(); }

  private:
    struct Said {
        Verdict verdict = Verdict::Nothing;
        Instant at{};
        bool deciding = false;
    };
    using About = std::pair<ServerId, Observer>;

    void tick();
    void look(const About& about);
    void decide(const About& about, Duration after);
    void say(const About& about);
    bool reaches(const About& about) const;
    bool speaks(ServerId by) const { return !by || agents_.linked(by); }
    void observe(ServerId server, const std::string& service, const std::vector<ServerId>& others);

    Schedule& schedule_;
    Random random_;
    const Agents& agents_;
    Agents::Tell tell_;
    std::map<PoolId, std::pair<std::vector<ServerId>, std::string>> pools_;
    std::vector<ServerId> servers_;
    std::set<About> looks_;
    std::map<About, Said> said_;
    std::map<ServerId, Instant> cut_off_;
};

}  // namespace understudy::simulation
