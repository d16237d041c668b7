// The agent's configuration: one JSON file in which comments are allowed (schema/agent.schema.json,
// with an example in examples/agent.json). Read at start, on SIGHUP and by --check-config; nothing
// is half-applied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/checks/check.h"
#include "agent/link_target.h"
#include "agent/public_address.h"
#include "agent/siblings/willing.h"
#include "base/json.h"
#include "base/log.h"
#include "base/result.h"
#include "base/secret.h"

namespace understudy {

struct AgentConfig {
    LinkTarget controller;
    std::string
        token_file;  // read again for every connection, so that a new token needs no restart
    log::Level log_level = log::Level::Info;
    log::Format log_format = log::Format::KeyValue;
    std::vector<CheckSettings> checks;
    ProbeSettings probing;  // for others
    // off, auto, link or an interface (public_address.h).
    std::string public_address{kPublicAddressOff};
};

struct ConfigReading {
    AgentConfig config;           // complete only without problems
    std::vector<Error> problems;  // every one, with its path
};

// credentials: $CREDENTIALS_DIRECTORY, or empty; token_file defaults to "token" in it.
ConfigReading parse_config(std::string_view text, const std::string& credentials);
ConfigReading load_config(const std::string& file, const std::string& credentials);

// The token in that file, without surrounding blanks. Errors never show what the file holds.
Result<Secret> read_token(const std::string& file);

// The settings of one entry of "checks" (check_settings.cpp); problems are appended.
CheckSettings read_check(json::Value value, const std::string& path, std::vector<Error>& problems);

}  // namespace understudy
