// Where the controller is and with which token: options, environment, then files. Read once at the
// start.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ctl/client.h"
#include "ctl/options.h"

namespace understudy::ctl {

// The environment as a function, so that tests bring their own; empty: not set.
using Environment = std::function<std::string(const char* name)>;

// Files that are looked at, the user's before the machine's.
std::vector<std::string> settings_files(const Environment& environment);

Result<ClientSettings> find_settings(const Arguments& arguments, const Environment& environment,
                                     const std::vector<std::string>& files);

}  // namespace understudy::ctl
