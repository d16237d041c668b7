// What apply and export print. Pure.
#pragma once

#include <string>

#include "base/json.h"

namespace understudy::ctl {

// One line for each thing that is added (+), changed (~) or removed (-), then what became of it.
std::string applied_view(json::Value answer, bool colours);

// A fleet as a file: JSON, one line for each thing, so that versions can be compared.
std::string fleet_file_view(json::Value fleet);

}  // namespace understudy::ctl
