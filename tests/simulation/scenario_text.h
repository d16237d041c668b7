// ScenarioText: what a simulated controller hears, as the commands of a scenario file
// (tests/scenarios/README.md), with everything else as its comments and traces. Recorded anew in
// tests/scenarios, a shrunk failure becomes a scenario. For whom the commands have no word (an
// answer to an older write, some orders) there is a comment: read it.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "controller/core/input.h"
#include "tests/simulation/fleet_plan.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class ScenarioText {
  public:
    using Teller = std::function<void(const std::string&)>;
    ScenarioText(Teller teller, const Schedule& schedule, const Ledger& ledger)
        : teller_(std::move(teller)), schedule_(schedule), ledger_(ledger) {}

    // Timings, guards and the default policy; what is registered comes as orders.
    void tell_plan(const FleetPlan& plan);
    void tell(const Input& input);
    // After the time that has passed.
    void line(const std::string& text);
    void restarted();

  private:
    void pass(Instant until);
    void freeze_the_silent();
    std::string command_of(const Input& input);
    std::string sweep_text(const ReadinessFound& found) const;

    Teller teller_;
    const Schedule& schedule_;
    const Ledger& ledger_;
    Instant told_until_ = Schedule::kStart;
    std::set<ServerId> frozen_;
    int witnesses_ = 0;
};

}  // namespace understudy::simulation
