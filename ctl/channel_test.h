// channel test: sends a message and says what became of it.
#pragma once

#include "ctl/command.h"

namespace understudy::ctl {

int test_channel(Session& session, const Arguments& arguments);

}  // namespace understudy::ctl
