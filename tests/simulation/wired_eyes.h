// WiredEyes: siblings as they are, for fleets whose agents are production code (wired_agents.h).
// The controller's own plan decides who is asked about whom; question and answer travel over the
// agents' links as frames of the protocol, and come out as inputs. For one life of the controller.
#pragma once

#include <functional>
#include <memory>

#include "controller/runtime/probes/siblings.h"
#include "tests/simulation/agents.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class WiredEyes {
  public:
    // runs: whether the controller does now; while it sleeps nothing is asked.
    WiredEyes(Schedule& schedule, const Fleet& fleet, SiblingLinks& links, std::uint64_t seed,
              std::function<bool()> runs, Agents::Tell tell)
        : schedule_(schedule),
          plan_(fleet),
          siblings_(plan_, fleet, links, Random{seed}),
          runs_(std::move(runs)),
          tell_(std::move(tell)) {}

    void committed(const std::vector<Change>& changes);
    void hears(const Input& input);
    void ask(ServerId server);
    void answered(ServerId by, const wire::Probed& answer);

  private:
    template <typename Words>
    void say(const Words& words);
    void run();
    void arm();

    Schedule& schedule_;
    CurrentPlan plan_;
    Siblings siblings_;
    std::function<bool()> runs_;
    Agents::Tell tell_;
    Instant armed_ = kNever;
    std::shared_ptr<bool> guard_ = std::make_shared<bool>(true);  // ends what is scheduled with it
};

}  // namespace understudy::simulation
