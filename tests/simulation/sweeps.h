// Sweeps: whether each member could take over the domains of its pools, as a model: what sweeps
// with every domain's own name would find (controller/runtime/probes/readiness_rounds.h), and when.
// A certificate that has run out is what makes a member unready here. Words come out as inputs,
// like those of Observers.
#pragma once

#include <map>

#include "base/random.h"
#include "controller/core/change.h"
#include "tests/simulation/agents.h"
#include "tests/simulation/ledger.h"
#include "tests/simulation/schedule.h"

namespace understudy::simulation {

class Sweeps {
  public:
    Sweeps(Schedule& schedule, std::uint64_t seed, const Agents& agents, const Ledger& ledger,
           Agents::Tell tell)
        : schedule_(schedule),
          random_(seed),
          agents_(agents),
          ledger_(ledger),
          tell_(std::move(tell)) {}

    // Before the ledger takes them over.
    void committed(const std::vector<Change>& changes);
    // Its certificate has run out for so long: for every domain, or for the first of each pool.
    void expire(ServerId server, Duration length, bool for_all);
    // Whether it could take over every domain of that pool.
    bool ready(ServerId server) const { return !expired(server); }
    // The controller's probes reach nothing for so long, or begin too late to say anything.
    void cut_off(Duration length);
    void overload(Duration length);
    void controller_started();
    void heal();

  private:
    struct Expiry {
        Instant until{};
        bool for_all = true;
    };
    bool expired(ServerId server) const;
    void soon(ServerId server);
    void again(ServerId server, Duration after);
    void sweep(ServerId server);
    ReadinessFound found_of(ServerId server) const;

    Schedule& schedule_;
    Random random_;
    const Agents& agents_;
    const Ledger& ledger_;
    Agents::Tell tell_;
    std::map<ServerId, Instant> due_;
    std::map<ServerId, Expiry> expired_;
    Instant cut_off_since_{};
    Instant cut_off_until_{};
    Instant overloaded_until_{};
};

}  // namespace understudy::simulation
