// A pool's policy as options, for every command that takes one. Pure.
#pragma once

#include <string>
#include <vector>

#include "ctl/options.h"

namespace understudy::ctl {

// `own` with the policy's options behind.
std::vector<Option> with_policy_options(std::vector<Option> own);

// The fields that were given, as a JSON object; empty text: none was. Words go to the controller as
// they are: it knows them.
Result<std::string> policy_body(const Arguments& arguments);

}  // namespace understudy::ctl
