// What people are told when two agents use one server's token (machines.h has the proof). It is
// over when a person makes a new token or removes the server: a clone that is quiet may still be
// there.
#pragma once

#include "controller/core/machines.h"
#include "controller/core/step_context.h"

namespace understudy::shared_tokens {

void found(StepContext& context, ServerId server, const std::optional<MachineBook::Pair>& pair);

// "two agents use the token of server 'web1' since ...: host ... and host ...; ..."
std::string sentence_of(const Server& server);

}  // namespace understudy::shared_tokens
