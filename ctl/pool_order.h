// Orders that move a pool: given, waited for, and told how they ended.
#pragma once

#include <string>

#include "ctl/command.h"

namespace understudy::ctl {

// An order about "/pools/{pool}". `stays`: what is said of a pool that stays where it was moved to.
PlainOrder moves_pool(const char* method, const char* what, std::string stays, Fill fill);

}  // namespace understudy::ctl
