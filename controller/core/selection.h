// Selection: where a pool's records should point, as a pure function of what is known about its
// members.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "controller/core/fitness.h"
#include "controller/core/model.h"

namespace understudy {

struct MemberView {
    ServerId server;
    Fitness fitness;
    double load = 0;                          // as its agent reports it
    std::optional<std::size_t> unready = {};  // domains it could not take over; none: not known
    // Its label that the policy's prefer_other names, in the fleet; empty: none, or it does not ask
    // for any.
    std::string_view place = {};
    bool swept = false;  // a sweep has ended: what is not known then cannot be found out from here
};

enum class Cause {
    None,
    PrimaryDown,
    SecondaryDown,
    PrimaryRecovered,
    PreferredDown,  // of a switchover
    PreferredRecovered,
    MemberBack,
    NobodyHealthy,
    Maintenance,
    MemberDown,
    MemberRecovered,
    Load,
    Ordered,
    MembersChanged,
    PolicyChanged,
    Drill,
};

// What of the pool decides beside its members.
struct SelectionRules {
    Policy policy;
    ServerId home;                 // the primary, or who stands in its place
    Duration failback_after{0};    // with what flapping adds
    Instant no_failback_before{};  // flapping
};

struct Choice {
    enum class Action { Stay, Move, Outage };
    Action action = Action::Stay;
    Target target;  // for Move, and for Outage when the pool has a fallback
    Cause cause = Cause::None;
    bool any_healthy = false;
    ServerId not_ready;    // who would serve, were it proven to be ready; none: nobody
    ServerId passed_over;  // who comes before, but is less ready, or not elsewhere (prefer_other)
    Instant reconsider_at = kNever;  // when time alone may change the choice
};

// clang-format off
// One member serves. T: the present target, P: home, S: the healthy member other than P and T that
// is not ready for the fewest domains; of those with prefer_other one elsewhere than T; of those
// the first in member order. "recovered": P Healthy for failback_after, failback auto, not
// flapping, and as ready as T, or as S where T is gone.
//
//   T is       | T           | P         | S   | choice
//   P          | Healthy     | -         | -   | stay
//   P          | Suspect     | -         | -   | stay, look again when it is confirmed
//   P          | Absent      | -         | -   | stay: never connected, so it has not died
//   P          | Down        | -         | yes | move to S, "Primary server down"
//   P          | Down        | -         | no  | outage (fallback if the pool names one)
//   P          | Maintenance | -         | yes | move to S, "Serving server in maintenance"
//   P          | Maintenance | -         | no  | stay: a person wanted it so
//   secondary  | any         | recovered | -   | move to P, "Primary server recovered"
//   secondary  | Healthy     | else      | -   | stay
//   secondary  | Suspect     | else      | -   | stay, look again when it is confirmed
//   secondary  | Down        | else      | yes | move to S, "Serving secondary down"
//   secondary  | Maintenance | else      | yes | move to S, "Serving server in maintenance"
//   secondary  | Down, Maint.| Healthy   | no  | move to P: better than an outage
//   secondary  | Down, Maint.| readier   | yes | move to P: healthy, known to be readier than S,
//              |             |           |     |   and not flapping
//   secondary  | Down        | else      | no  | outage (fallback)
//   any        | Down        | -         | no  | move to a member that is vouched for (fitness.h),
//              |             |           |     |   the readiest of them
//   secondary  | Maintenance | else      | no  | stay
//   fallback   | -           | Healthy   | -   | move to P
//   fallback   | -           | else      | yes | move to S
//   fallback   | -           | else      | no  | stay
//
// With require_ready `must`, P, S and who is vouched for are only those that are proven to be ready
// for every domain: a pool that would move to another stays.
//
// Elsewhere (prefer_other; places of T, and of the healthy A before B in member order):
//
//   T       | A       | B       | S
//   x       | x       | y       | B
//   x       | unknown | y       | B: unknown is no better than the same, and no worse
//   x       | x       | unknown | A
//   x       | unknown | x       | A
//   x       | y       | z       | A
//   unknown | any     | any     | A
//
// An outage is declared only when no member can still turn out to be alive: while one is Suspect it
// waits. An Absent secondary is never chosen.
//
// Every healthy member serves (active_active):
//
//   member       | standing        | published
//   in T         | Healthy         | stays
//   in T         | Suspect, Absent | stays
//   in T         | Down            | goes, if another stays or can take over
//   in T         | Maintenance     | goes likewise; else stays: a person wanted it so
//   not in T     | Healthy         | comes when recovered and ready; at once if nobody stays
//   not in T     | else            | -
//
// Nobody left: outage, and T stays as it is (or the fallback). max_answers then takes the first so
// many in member order; or, least loaded, those with the lowest load, where a published one is
// exchanged only for another that is less loaded by kLoadMargin. A place that falls free while T
// had its full number goes to a spare at once: it was never withdrawn, so it does not come back.
// Nor does one that is exchanged for its lower load: `failback` says nothing about it.
// clang-format on
inline constexpr double kLoadMargin = 0.25;

Choice choose(std::span<const MemberView> members, const Target& target,
              const SelectionRules& rules, Instant now);

// Who takes over from the target (S above), of all but `home`.
struct Successor {
    ServerId server;       // none: nobody is healthy, and ready where that is required
    ServerId passed_over;  // as in Choice
    ServerId not_ready;
};
Successor successor_of(std::span<const MemberView> members, const Target& target, ServerId home,
                       RequireReady required);

// Where a person's order puts a pool with these members: as choose(), but whoever is healthy comes
// without waiting. `stays_away`: one member serves, and the present one is preferred to the
// primary. The fallback's target: nobody is healthy, and nobody of the present target may still be
// alive.
Target choose_now(std::span<const MemberView> members, const Target& present, const Policy& policy,
                  bool stays_away);

// The reason of the log and the notifications.
const char* reason_of(Cause cause);
// Whether a server that served was lost; the same of a pool's reason, which may name servers.
bool is_loss(Cause cause);
bool is_loss(std::string_view reason);

}  // namespace understudy
