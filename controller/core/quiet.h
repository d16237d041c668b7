// Quiet hours of channels: what can wait is held back meanwhile and goes out when they are over.
// Used by the engine's parts within one step.
//
// What is held lies in the outbox; here is only decided whether it is, and when that ends, which is
// looked at whenever it may be otherwise: at the start, when the wall clock was set, when a channel
// was changed, at the end of each quiet time, and once a week where none is near.
#pragma once

#include "controller/core/step_context.h"

namespace understudy::quiet {

bool is_on(const Channel& channel, WallTime wall);

// To the channel, which subscribes to it: at once, or if it can wait when its quiet hours are over.
// It never overtakes what they kept back.
void send(StepContext& context, ChannelId channel, const Notice& notice, bool can_wait);

// At once, and after all that they kept back: of what is over, nothing may come later.
void send_last(StepContext& context, ChannelId channel, const Notice& notice);

void review(StepContext& context, ChannelId channel);  // DeadlineKey::Kind::Quiet
void review_all(StepContext& context);

}  // namespace understudy::quiet
