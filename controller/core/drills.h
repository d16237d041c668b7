// Drills: a pool is switched to a stand-by for practice, looked at while that serves, and switched
// back: measured, and kept in history. The switch is a switchover like a person's (Pool::preferred)
// that undoes itself; what makes it a drill stands in the pool's row (drill.h), so that it is
// written before anything is done and is found again after a restart.
//
// What is real comes first, always. Whenever the pool is looked at, the drill is looked at before
// (review()), and it gives way:
//
//   while it is away                          | what becomes of it
//   the stand-by is down, the primary is well | goes home at once, failed
//   the stand-by is suspect                   | waits until that is sure, one way or the other
//   servers are lost, maybe most of them      | waits for that too (mass_loss.h)
//   the primary is down or in maintenance     | ends where it is, aborted; people are told as of
//                                             |   any failover, and it goes home as from one
//   neither is healthy                        | waits; once one is down it ends, and rules 4-6 act
//   the primary stays in doubt, or no witness | waits for some time, then ends where it is, aborted
//     vouches for its loss                    |
//   a record is refused, or somebody else's   | goes home, failed; that itself is told as ever
//   not confirmed or served within a bound    | goes home, failed
//   a person's order about the pool, a pause  | ends where that leaves it, aborted
//   the controller doubts itself              | nothing before it does no more; goes home, aborted
//   the controller was restarted              | the same, after the warm-up
//
// The alert about a move is not sent for the drill's own switches, however late a record is
// confirmed. When the drill ends away from home, or the pool leaves its way home for the stand-by,
// it is sent after all (records::tell_away(), and kPractised), so that a way home is told to those
// who know of the way out, and no failover goes untold.
#pragma once

#include <string>

#include "controller/core/step_context.h"

namespace understudy::drills {

// A good one that is older says little.
inline constexpr std::chrono::hours kGoodFor{24 * 30};
// Until all records of a switch are confirmed, and served or given up.
inline constexpr std::chrono::minutes kBound{10};
// No later than this it ends where it is, when its primary is neither well nor down.
inline WallTime ends_at_last(const Drill& drill) {
    return drill.started + std::chrono::seconds{drill.stay_s} + 2 * kBound;
}

// --- orders, and the schedule (drill_checks.cpp, drill_schedule.cpp) -----------------------------

// The stand-by that one would switch to now, `to` where it is named; or why not.
Result<ServerId> stand_by(const StepContext& context, const Pool& pool, ServerId to);
// Whether any record goes where the pool does.
bool any_follows(const Fleet& fleet, const Pool& pool);
// What writing the records would take, as what-if reckons it.
Duration estimate(const EngineView& view, const Pool& pool, const Target& to);

struct Plan {
    ServerId to;
    std::string by, why;
    std::chrono::seconds stay{60};
    bool scheduled = false;
};
void start(StepContext& context, PoolId pool, const Plan& plan);
// It goes home as soon as it may.
void end(StepContext& context, PoolId pool, const std::string& who);
// An order is about to leave the pool where the drill brought it, or to change what it is about.
void give_way(StepContext& context, PoolId pool, const std::string& why);
// It is about to be removed.
void pool_goes(StepContext& context, PoolId pool);

// Plans the next scheduled one, and sets the pool's deadline (DeadlineKey::Kind::Drill).
void arm(StepContext& context, PoolId pool);
void arm_all(StepContext& context);
WallTime next_after(const Pool& pool, const Drill& ended);
void due(StepContext& context, PoolId pool);  // the deadline has come

// Whether people should be reminded to practise: the last good one is too old, or there was none
// though one was tried or is planned.
bool overdue(const Pool& pool, WallTime wall);

// --- its course (drills.cpp) ---------------------------------------------------------------------

// When the pool is looked at, before rules 3-6 look at it.
void review(StepContext& context, PoolId pool);
// At the end of a step: those of whose rows something was changed.
void settle(StepContext& context);
// After a restart.
void resume_all(StepContext& context);
// The wall clock was stepped by that: what they measure goes on.
void clock_stepped(StepContext& context, Duration by);

// Whether the pool is where its drill brought it, away or on its way home, which is told by no
// alert. What is written of that may be confirmed later still: kPractised (model.h) stays until the
// record is home, or people hear where it is.
bool silent(const Pool& pool);

}  // namespace understudy::drills
