// Situation: what is known about a pool's members at one time, and what selection makes of it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "controller/core/engine_view.h"
#include "controller/core/selection.h"

namespace understudy {

struct Situation {
    std::vector<MemberView> members;
    SelectionRules rules;
    Choice choice;
};

// The members alone: also of a pool whose target is yet to be chosen among them.
std::vector<MemberView> members_of(const EngineView& view, const Pool& pool);
// What observers say of a member, as the pool's policy counts it.
Word word_of_member(const EngineView& view, const Pool& pool, ServerId server);
Situation look_at(const EngineView& view, const Pool& pool);

// Whether any of them is down by a lost link that nobody outside has vouched for (witnesses.h).
bool unvouched(const EngineView& view, const Pool& pool, std::span<const MemberView> members,
               const Target& among);

// Time played on, for what comes next (outlook.h) and what would (what_if.h): who is healthy or
// vouched for stays so; who is suspect is found down when it is due.
void stay_well(MemberView& member);
void pass_time(std::span<MemberView> members, Instant at);

// Dry run, of the pool or of everything: Pool::would moves in the target's place.
bool in_dry_run(const Fleet& fleet, const Pool& pool);
const Target& moving_target(const Fleet& fleet, const Pool& pool);

bool every_member_seen(const LivenessBook& liveness, const Pool& pool);

}  // namespace understudy
