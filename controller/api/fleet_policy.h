// A policy as the fleet file has it, whole. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "controller/core/model.h"

namespace understudy::api {

// {"reaction", "prompt"}, ...: every field, as text; empty: none.
std::vector<std::pair<std::string, std::string>> policy_texts(const Policy& policy);

// The same as a JSON object, as read_policy() takes it. Fields that are none are left out.
void write_whole_policy(json::Writer& out, const Policy& policy);

}  // namespace understudy::api
