// Escalation: a channel with `after_min` is told nothing but what is broken and nobody acknowledged
// for so long, of what it subscribes to; the channels that are told at once need not know. Used by
// the engine's parts within one step.
//
// All that is due within a minute is one message, and what follows until all of it is over belongs
// to the same thread (Channel::escalation), which ends with one message too. In quiet hours only
// what cannot wait is escalated; the rest is looked at when they are over.
//
// Incident::escalated: who has heard all of it. Who heard a part alone is in Incident::owed, and
// the parts are in the IncidentBook, which a restart empties: then a part may be told once more,
// but nothing is left out.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "controller/core/step_context.h"

namespace understudy::escalation {

void review(StepContext& context, ChannelId channel);  // DeadlineKey::Kind::Escalation
// At the start, and when the wall clock was set.
void review_all(StepContext& context);
// Something of the incident may be other than it was.
void changed(StepContext& context, const Incident& incident);
// Incidents of which these were told are over. Asked once in a step, however many those are.
void over(StepContext& context, std::set<ChannelId> owed);

// In the channel's thread, what nobody has acknowledged of what it takes: the first few, in words.
std::vector<std::string> unacknowledged(const StepContext& context, const Channel& channel);

}  // namespace understudy::escalation
