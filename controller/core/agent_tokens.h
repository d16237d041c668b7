// How a server's agent comes by another token without a gap: the newer one
// (Server::next_token_hash) counts beside the old one, which ends when the agent has linked with
// the newer. A person makes one by order; an agent has one of its own taken for a one-time code
// (orders/tokens.cpp). Tokens and codes are 256 random bits; what is kept of them is a hash.
#pragma once

#include <string>

#include "controller/core/step_context.h"

namespace understudy::agent_tokens {

inline constexpr Duration kCodeLife = std::chrono::hours{1};

// In place of a former one; an empty hash makes none, and the former stays.
void make_code(const StepContext& context, Server& server, const std::string& code_hash);

// The newer token takes the place of the old one, and with it goes what was known of who used that.
void void_old(StepContext& context, Server& server);

// If it is the newer token that the agent has linked with, or the one printed beside a code, which
// ends with that.
void linked(StepContext& context, const AgentLinked& input);

std::string another_code(const std::string& server);  // the remedy that helps with any code

}  // namespace understudy::agent_tokens
