// Selection: where a pool's records should point, as a pure function of what is known about its
// members.
//
// T: the present target, P: the primary (member 1), S: the first healthy member in member order
// other than P and T. "recovered": P Healthy for failback_after_s and failback is auto.
//
//   T is       | T         | P         | S     | choice
//   P          | Healthy   | -         | -     | stay
//   P          | Suspect   | -         | -     | stay, look again when it is confirmed
//   P          | Absent    | -         | -     | stay: it has never been connected, so it has not
//   died P          | Down      | -         | yes   | move to S        "Primary server down" P |
//   Down      | -         | no    | outage (fallback if the pool names one) secondary  | any |
//   recovered | -     | move to P        "Primary server recovered" secondary  | Healthy   | else
//   | -     | stay secondary  | Suspect   | else      | -     | stay, look again when it is
//   confirmed secondary  | Down      | else      | yes   | move to S        "Serving secondary
//   down" secondary  | Down      | Healthy   | no    | move to P: better than an outage, whatever
//   `failback` says secondary  | Down      | else      | no    | outage (fallback) fallback   | -
//   | Healthy   | -     | move to P fallback   | -         | else      | yes   | move to S fallback
//   | -         | else      | no    | stay
//
// An outage is declared only when no member can still turn out to be alive: while one is Suspect it
// waits. An Absent secondary is never chosen.
#pragma once

#include <span>
#include <vector>

#include "controller/core/health.h"
#include "controller/core/model.h"

namespace understudy {

struct MemberView {
    ServerId server;
    Fitness fitness;
};

enum class Cause { None, PrimaryDown, SecondaryDown, PrimaryRecovered, MemberBack, NobodyHealthy };

struct Choice {
    enum class Action { Stay, Move, Outage };
    Action action = Action::Stay;
    Target target;  // for Move, and for Outage when the pool has a fallback
    Cause cause = Cause::None;
    bool any_healthy = false;
    Instant reconsider_at = kNever;  // when time alone may change the choice
};

Choice choose(std::span<const MemberView> members, const Target& target, const Policy& policy,
              Instant now);

// The reason of the log and the notifications.
const char* reason_of(Cause cause);

}  // namespace understudy
