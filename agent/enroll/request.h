// What `understudy-agent enroll` was told, and what follows from it with the configuration that is
// there already. Reads files and writes none.
#pragma once

#include <string>
#include <vector>

#include "agent/link_target.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy::enroll {

struct Request {
    std::string url;
    Secret code;
    std::string fingerprint;  // of the controller's certificate, as the code carries it; or empty
    std::string ca_file;
    std::string config;  // empty: the default one
    bool force = false;  // replace a token that is there
    bool start = true;   // and start the unit
};

// The words after "enroll"; an error is for the person at the terminal.
Result<Request> read_request(const std::vector<std::string>& words);

struct Plan {
    LinkTarget controller;
    std::string config_file;
    bool config_there = false;  // and stays as it is
    std::string token_file;
    bool token_named = false;     // by the configuration
    bool token_there = false;     // its owner keeps the new one
    bool authority_made = false;  // controller.ca_file is new
    bool token_by_systemd =
        false;  // which hands it to the unit: the configuration need not name it
};

// Refuses what would overwrite something, and a configuration for another controller.
Result<Plan> make_plan(const Request& request, const std::string& default_config);

}  // namespace understudy::enroll
