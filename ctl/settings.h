// Where the controller is and with which token: options, a context that was asked for, environment,
// then the current context, then files; with nothing of these the controller of this machine. Read
// once at the start.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ctl/client.h"
#include "ctl/contexts.h"
#include "ctl/options.h"

namespace understudy::ctl {

// Files that are looked at, the user's before the machine's.
std::vector<std::string> settings_files(const Environment& environment);

// Where a controller listens for those who administer its machine.
inline constexpr char kLocalSocket[] = "/run/understudy/controller.sock";

Result<ClientSettings> find_settings(const Arguments& arguments, const Environment& environment,
                                     const std::vector<std::string>& files,
                                     const std::string& local_socket = kLocalSocket);

// What is wrong with such a URL, or token; none: nothing.
std::optional<Error> check_controller_url(const std::string& url);
std::optional<Error> check_token(const Secret& token);

}  // namespace understudy::ctl
