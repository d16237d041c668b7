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

    // siblings: none where they are production code.
    Observers(Schedule& schedule, std::uint64_t seed, const Agents& agents, Agents::Tell tell,
              std::size_t siblings)
        : schedule_(schedule),
          random_(seed),
          agents_(agents),
          tell_(std::move(tell)),
          siblings_(siblings) {}

    void begin() { tick(); }
    // Everything may go wrong for so long; after that, as soon as all reach everything, they are
    // counted on without a word, and what they would have said is said at the next trouble, before
    // it begins. Who was never woken never rests.
    void wake(Duration length);
    // Whom pools now have as members, and which probe they ask for.
    void committed(const std::vector<Change>& changes);
    // Something is wrong with it: it is probed at once.
    void ask(ServerId server);
    // Nothing is reached from there for so long. by: none: the controller's probes.
    void cut_off(ServerId by, Duration length);
    // Who probes from there begins too late for so long: it has no word.
    void overload(ServerId by, Duration length);
    // No sibling reaches that server for so long.
    void hide(ServerId server, Duration length);
    void controller_started() { said_.clear(); }
    void heal() {
        cut_off_.clear();
        overloaded_.clear();
        hidden_.clear();
    }

  private:
    struct Said {
        Verdict verdict = Verdict::Nothing;
        Instant at{};
        bool deciding = false;
        bool fails = false;  // so often in a row, of one that fails every second time
    };
    using About = std::pair<ServerId, Observer>;

    void tick();
    bool all_well() const;
    void look(const About& about);
    void decide(const About& about, Duration after);
    void say(const About& about);
    void say_nothing(const About& about);
    Verdict truth(const About& about) const;
    void toss(const About& about, Said& said);
    template <typename Key>
    bool lasts(const std::map<Key, Instant>& trouble, Key key) const {
        const auto at = trouble.find(key);
        return at != trouble.end() && schedule_.now() < at->second;
    }
    bool speaks(ServerId by) const { return !by || agents_.linked(by); }
    void observe(ServerId server, const std::string& service, const std::vector<ServerId>& others);

    Schedule& schedule_;
    Random random_;
    const Agents& agents_;
    Agents::Tell tell_;
    const std::size_t siblings_;
    std::map<PoolId, std::pair<std::vector<ServerId>, std::string>> pools_;
    std::vector<ServerId> servers_;
    std::set<About> looks_;
    std::map<About, Said> said_;
    Instant awake_until_ = kNever;
    bool rests_ = false;
    std::map<ServerId, Instant> cut_off_;
    std::map<ServerId, Instant> overloaded_;
    std::map<ServerId, Instant> hidden_;
};

}  // namespace understudy::simulation
