// Restraints: what keeps automation from a change that it would make now, and what will let go.
// Doubts come first (nothing that is seen may be believed), then people's overrides, then budgets.
//
//   restraint     | keeps from       | lets go by itself                  | a person lets go with
//   stall         | all, outages too | after the stall's grace            | -
//   warm-up       | all, outages too | every member seen, or its end      | -
//   mass loss     | all, outages too | all are back, or most and 2 min on | release --all
//   witness       | all, outages too | a witness answers after the loss   | release --all
//   pause         | moves            | at its end, if it has one          | resume
//   hold, pin     | moves            | at its end, if it has one          | release POOL
//   change budget | moves            | when its window is over            | release POOL
//   flapping      | going back       | after a quiet hour (flapping.h)    | release POOL
//   serving       | leaving a server | observers reach it no more         | failover POOL
//   not_ready     | moves, returns   | the one to take over is ready      | failover, failback POOL
//
// A person's order is under none of them: it is carried out at once.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controller/core/restraint.h"
#include "controller/core/situation.h"
#include "controller/core/step_context.h"

namespace understudy::restraints {

// Of a mass loss, to who sees a part of the fleet: how many and which ones is not his to know.
inline constexpr const char* kManyLost =
    "so many servers are lost at once that it looks like the controller's own network";

// What holds comes without its words, which cost more than the decision; worded() adds them (pool:
// none for what holds everything).
Restraint worded(const EngineView& view, const Pool* pool, Restraint held);

// On what the situation's choice would do to that pool.
std::optional<Restraint> on(const EngineView& view, const Pool& pool, const Situation& situation);

// Why it stays though something speaks for a change: a published server's link is lost, but
// observers find it serving (fitness.h); who would serve is not ready (readiness.h); or a drill
// waits for a witness of its primary's loss (drills.h).
std::optional<Restraint> staying(const EngineView& view, const Pool& pool,
                                 const Situation& situation);

// Those that hold everything at present; and those of one pool, flapping included.
std::optional<Restraint> on_all(const EngineView& view);
std::optional<Restraint> on_pool(const EngineView& view, const Pool& pool);

// What keeps a pool from moving to that member, which is not ready, in words.
Restraint not_ready_of(const EngineView& view, const Pool& pool, ServerId member);

// The doubt that the loss of these would raise, in words.
Restraint mass_loss_of(const Fleet& fleet, std::span<const ServerId> lost);

// What people are shown at any time, with its words: what holds everything, then pool by pool;
// these apart; and what holds one pool, be it by what holds all.
std::vector<Restraint> told_of_all(const EngineView& view);
std::optional<Restraint> told_of_everything(const EngineView& view);
std::optional<Restraint> told_of_its_own(const EngineView& view, const Pool& pool);
std::optional<Restraint> told_of(const EngineView& view, const Pool& pool);

// Says once that automation is held and what it would have done; forgets it again, but for what is
// said of a pool that stays where it is.
bool told(const StepContext& context, PoolId pool, const Restraint& restraint);
void tell(StepContext& context, PoolId pool, const Restraint& restraint, const std::string& would);
void over(StepContext& context, PoolId pool, bool stays);

}  // namespace understudy::restraints
