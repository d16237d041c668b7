// What an agent is asked about a job of the plan (probe_plan.h), in the words of the agent
// protocol. Pure. Used by SiblingRounds.
#pragma once

#include "base/clock.h"
#include "controller/runtime/probes/probe_plan.h"
#include "schema/wire.h"

namespace understudy {

// How long an agent may take to answer, the ways there and back not counted.
Duration longest_answer(const ProbeRules& rules);

// What to ask for first, and where that is auto what comes after it; of another kind the same.
ProbeTarget first_target(const ProbeRules& rules);
ProbeTarget second_target(const ProbeRules& rules);

// Whether the protocol can say it: an agent closes the link over what it does not understand.
bool can_be_asked(const ProbeJob& job);

// Whether it begins with the PROXY protocol's header, which not every agent can send.
bool is_proxied(const ProbeJob& job);

// At its IPv4 address, which decides. Only of what can be asked.
wire::Probe question_about(const ProbeJob& job, const ProbeTarget& target, std::int64_t id);

// What its answer says, in the engine's word.
Verdict verdict_of(const wire::Probed& answer);

}  // namespace understudy
