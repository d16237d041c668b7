// What is described once as options, for every command that takes it: a pool's policy, and how much
// a channel is told. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "ctl/options.h"

namespace understudy::ctl {

// `own` with those options behind.
std::vector<Option> with_policy_options(std::vector<Option> own);
std::vector<Option> with_attention_options(std::vector<Option> own);

// Writes the fields that were given into the object that is open, and counts them. Words go to the
// controller as they are: it knows them.
Result<std::size_t> write_policy(json::Writer& policy, const Arguments& arguments);
Result<std::size_t> write_attention(json::Writer& channel, const Arguments& arguments);

}  // namespace understudy::ctl
