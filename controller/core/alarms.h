// Alarms: what people are told about a server itself (server_down, server_up, server_error), apart
// from what pools do about it. Rule 1: a lost link is told at once; an announced restart gets a
// grace. Of a server that comes and goes again and again (steadiness.h) what is worse is told at
// once as ever, and what is better when it has held still.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::alarms {

// Compares what is known now with what people were last told; tells them the difference. Level, not
// edge: calling it again changes nothing.
void review(StepContext& context, ServerId server);
void review_all(StepContext& context);

// Logs the removal of a server whose alarm is open, and tells people that the alarm is over.
void end_with(StepContext& context, const Server& server, LogLine removal);

}  // namespace understudy::alarms
