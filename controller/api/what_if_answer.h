// What would follow from losses, as answers. Loop thread only.
#pragma once

#include <string>
#include <vector>

#include "controller/api/call.h"

namespace understudy::api {

// Of those servers together.
std::string what_if_answer(const Call& call, const std::vector<ServerId>& lost);
// Of each server alone.
std::string what_if_each_answer(const Call& call);

}  // namespace understudy::api
