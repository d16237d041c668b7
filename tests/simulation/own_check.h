// OwnCheck: an agent's own check of its service while a fault befalls that: production code says
// when it tries and which results count (agent/checks), the fault what a try finds. For fleets
// whose requests are not sent one by one.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "agent/checks/pace.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class OwnCheck : public std::enable_shared_from_this<OwnCheck> {
  public:
    enum class Finds { Well, Refused, NoAnswer };
    // None: whatever it was is over, and the check with it.
    using Look = std::function<std::optional<Finds>()>;
    using Report = std::function<void(bool failing)>;

    // Until then it has passed, and quickly; so long ago its last try was begun.
    OwnCheck(Schedule& schedule, Duration ago, Look look, Report report);

    // It keeps itself alive. It ends when all is well after `until`.
    void go_on_until(Instant until);

  private:
    struct Try {
        Instant begun{};
        std::optional<bool> ok;
    };
    void run();
    bool take();  // what is known by now; false: it is over
    void begin(Finds finds);
    void arm();
    Instant next() const;

    Schedule& schedule_;
    Look look_;
    Report report_;
    CheckSettings settings_;
    Hysteresis hysteresis_;
    Tries tries_;
    std::deque<Try> open_;
    Instant until_{};
};

}  // namespace understudy::simulation
