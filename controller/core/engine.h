// The failover engine: step(now, input) -> Decision. Pure: no clock, no I/O, no log, no randomness.
//
// Used by controller/runtime/turn (production) and tests/simulation on one thread. The caller owes
// it: inputs in order; `now` never going back; the decision committed before the next step's
// effects are shown; a call with TimePassed no later than next_deadline(); Stalled when the caller
// itself was late.
//
// Inside: health per server (health.h), alarms about it (alarms.h), choice per pool (selection.h)
// and what follows from it (pools.h), doubt (guards.h, restraint.h), desired and confirmed state
// per record (records.h), what is told and when (announcer.h), people's orders (orders.h).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "controller/core/candidate_book.h"
#include "controller/core/change.h"
#include "controller/core/fleet.h"
#include "controller/core/guard_limits.h"
#include "controller/core/health.h"
#include "controller/core/input.h"
#include "controller/core/model.h"
#include "controller/core/readiness_book.h"
#include "controller/core/restraint.h"
#include "controller/core/testimony.h"

namespace understudy {

struct EngineView;

// What a batch of orders would do (rehearsal.h).
struct Rehearsal {
    // A pool whose outlook it changes.
    struct Later {
        PoolId pool;
        std::string next;    // outlook::sentence()
        bool moves = false;  // by itself, if nothing else happens
    };
    std::vector<RefusedOrder> refused;  // not empty: nothing would be done
    std::vector<MovedDomain> domains;   // written at once
    std::vector<Later> later;
};

// What the store had at the start.
struct Snapshot {
    std::vector<Server> servers;
    std::vector<Pool> pools;
    std::vector<Domain> domains;
    std::vector<ProviderAccount> providers;
    std::vector<Channel> channels;
    std::vector<Token> tokens;
    std::vector<Incident> incidents;
    Controls controls;
    std::int64_t last_id = 0;  // no id at or below it may be used again
};

// The controller's own timings; production values. The drill shortens them.
struct EngineTimings {
    Duration maintenance_interval{300'000};
    Duration warm_up{120'000};
    Duration restart_grace{30'000};  // an announced restart is no alarm before this
    Duration stall_grace{30'000};    // nothing is decided so long after a stall
    Duration digest_wait{30'000};    // an incident's message waits this long for stragglers
    // A confirmed record must be served by its name servers within this; 0: nobody asks them.
    Duration served_bound{0};
    int refusals_before_alarm = 3;  // transient failures of a write before failover_failed
    int certificate_warn_days = 14;
    bool private_addresses = false;  // servers may have addresses that visitors cannot reach
    GuardLimits guards;
    std::string public_url;  // "https://understudy.example.org": where the page is; empty: unknown
};

class Engine {
  public:
    Engine(const EngineTimings& timings, const Policy& default_policy, Snapshot saved, Instant now,
           WallTime wall);
    ~Engine();

    Decision step(Instant now, const Input& input);  // changes only itself
    Instant next_deadline() const;

    // For the API and the hub: what is known now. Valid until the next step().
    const Fleet& fleet() const;
    const EngineTimings& timings() const;
    // Health as of the last step.
    HealthView health_of(ServerId server, Instant now) const;
    // What observers say of its service. Valid until the next step().
    std::span<const Testimony> testimony_of(ServerId server) const;
    // Whether a member could take over its pool's domains (readiness.h).
    ReadinessView readiness_of(PoolId pool, ServerId member, Instant now) const;
    // Who holds its newest link; none: nobody since the controller started.
    std::optional<Machine> machine_of(ServerId server) const;
    // Which address its agent reports, and what becomes of it (candidates.h); none: it does not.
    std::optional<ReportedAddress> reported_address(ServerId server, Instant now) const;
    // What keeps automation from acting at present (restraint.h): on everything first, then pool by
    // pool; and on one pool, be it by what holds all.
    std::vector<Restraint> restraints(Instant now) const;
    std::optional<Restraint> restraint_on(PoolId pool, Instant now) const;
    // What selection would make of the pool now, and from what: evidence.h's JSON.
    std::string explain(PoolId pool, Instant now) const;
    // What comes next for the pool (outlook.h); empty: nothing.
    std::string outlook(PoolId pool, Instant now) const;
    // What these orders of that caller would do, played as a batch and taken back: the same
    // refusals, and all of them. A `now` before the last step's counts as that. Pointers into
    // fleet() stay good. What comes later is looked for in every pool, and only when it is asked
    // for.
    enum class Later { Unasked, Asked };
    Rehearsal rehearse(const Caller& by, std::vector<OrderAction> orders, Instant now,
                       Later later = Later::Unasked) const;
    // For what is asked pool by pool or a bit at a time (readiness.h, restraints.h, what_if.h).
    EngineView view(Instant now) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
