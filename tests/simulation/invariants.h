// The invariants of docs/invariants.md, each one function. They look at the ledger, the world and
// the wire, never at the engine's own books. What is broken comes back as a sentence; none: sound.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "tests/simulation/cloudflare_world.h"
#include "tests/simulation/ledger.h"

namespace understudy::simulation::invariants {

using Broken = std::optional<std::string>;

// --- of a commit: the ledger as it was before, and what is about to be in it
// ----------------------
struct Commit {
    const Ledger& before;
    const std::vector<Change>& changes;
    WallTime wall{};
    const EngineTimings& timings;
    Instant now{};
};
Broken never_wants_an_empty_set(const Commit& commit);
Broken every_move_has_exactly_one_event(const Commit& commit);
Broken every_event_has_its_notices(const Commit& commit);
Broken every_down_has_one_up(const Commit& commit);
Broken two_recoveries_are_never_three(const Commit& commit);
Broken an_override_wins(const Commit& commit);
Broken never_moves_into_maintenance(const Commit& commit);
Broken budgets_hold(const Commit& commit);
Broken never_leaves_who_serves(const Commit& commit);
Broken never_moves_to_the_unready(const Commit& commit);

// The pools that were moved by nobody but automation, in this commit.
std::set<PoolId> moved_by_itself(const Commit& commit);
bool has_order(const Commit& commit);

// --- of a request that leaves for the provider, and of a notification
// -----------------------------
struct Departing {
    const Ledger& ledger;
    std::set<std::string> names;  // written to
    Instant now{};
    const std::multiset<std::string>& busy;  // written to by requests not answered yet
};
Broken never_touches_an_unbound_record(const Departing& request);
Broken one_write_in_flight_per_record(const Departing& request);
Broken no_message_without_a_row(const Ledger& ledger, const std::string& message);

// --- of a write that was applied
// ------------------------------------------------------------------
struct Applied {
    const Ledger& ledger;
    const std::string& name;
    const std::vector<WorldRecord>& before;
    const std::vector<WorldRecord>& after;
    bool muddled = false;  // a request of long ago was applied after a newer one
    bool foreign = false;  // somebody else wrote to it, and nobody has settled that
};
Broken never_an_empty_set(const Applied& write);
Broken never_loses_the_proxied_flag(const Applied& write);
Broken never_loses_the_comment(const Applied& write);
Broken no_write_without_a_row(const Applied& write);
Broken never_over_foreign_content(const Applied& write);

// --- of every moment
// ------------------------------------------------------------------------------
struct Moment {
    Ledger& ledger;
    const CloudflareWorld& world;
    Instant now{};
    const EngineTimings& timings;
    Duration health_timeout{0};  // of the default policy: how long alarms wait
    // What the engine says holds it, by kind. Believed only where the ledger agrees.
    std::function<std::set<std::string>(PoolId)> claimed;
};
Broken never_publishes_the_dead(const Moment& moment);
Broken publishes_what_is_decided(const Moment& moment);

template <typename Subject>
struct Named {
    const char* name;
    Broken (*check)(const Subject&);
};
std::span<const Named<Commit>> of_commits();
std::span<const Named<Departing>> of_requests();
std::span<const Named<Applied>> of_writes();
std::span<const Named<Moment>> of_moments();

// "name: sentence" of the first that is broken.
template <typename Subject>
Broken first_broken(std::span<const Named<Subject>> all, const Subject& subject) {
    for (const auto& one : all)
        if (auto broken = one.check(subject)) return std::string{one.name} + ": " + *broken;
    return std::nullopt;
}

}  // namespace understudy::simulation::invariants
