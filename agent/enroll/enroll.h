// `understudy-agent enroll`: from a one-time code to a linked agent. Says on stdout what it did and
// on stderr why not; the exit code is main's.
#pragma once

#include <string>

#include "agent/enroll/request.h"

namespace understudy::enroll {

extern const char* const kHelp;

int run(const Request& request, const std::string& default_config);

}  // namespace understudy::enroll
