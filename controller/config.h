// The controller's configuration: one JSON file with comments, checked whole, so that a person sees
// every mistake at once. Read at start and at SIGHUP; nothing of a bad file is used. Its form is
// schema/config.schema.json.
//
// Relative paths count from the file's own folder; "$CREDENTIALS_DIRECTORY/name" is what systemd's
// LoadCredential= handed over.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "base/secret.h"
#include "controller/api/web_access.h"
#include "controller/core/engine.h"
#include "controller/hub/hub.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/probes/probes.h"
#include "controller/store/store.h"
#include "notify/channel.h"

namespace understudy {

struct LogSettings {
    log::Level level = log::Level::Info;
    log::Format format = log::Format::KeyValue;
};

struct ControllerConfig {
    std::vector<ListenAddress> agents;
    std::vector<ListenAddress> api;
    std::optional<LocalSocket> local = LocalSocket{kLocalSocketPath, false, {}};
    std::optional<TlsFiles> tls;
    bool allow_plain_text = false;  // beyond loopback
    WebAccess web;

    std::string store_path = "/var/lib/understudy/understudy.db";
    Retention retention;
    std::string key_file = "/var/lib/understudy/secret.key";
    std::string admin_token_file;  // where the first token is written; empty: printed once

    std::optional<MailSettings> mail;
    Programs programs;  // that channels may run
    EngineTimings timings;
    Duration heartbeat_interval{10'000};
    Duration stall_limit{10'000};
    Duration stop_patience{5'000};
    Policy policy;
    std::vector<TcpEndpoint> witnesses;  // timings.guards.witnesses says that there are some
    CertificateLimits certificates;
    ServedLimits served;  // timings.served_bound says whether and how long
    ProbeLimits probes;
    Secret alive_url;            // called while the controller lives; empty: nobody watches it
    std::string alive_url_file;  // where it was read; empty: in the configuration itself
    LogSettings log;

    bool allow_private_addresses = false;
    bool allow_private_webhooks = false;
    std::string extra_ca_file;
};

// Either a whole configuration, or what is wrong with it (at least one error, each naming its path
// in the file).
struct ControllerConfigReading {
    std::optional<ControllerConfig> config;
    std::vector<Error> errors;
    std::vector<Error> warnings;  // it works, but not as somebody may think
};

ControllerConfigReading read_controller_config_file(const std::string& path);
void log_warnings(const std::string& file, const std::vector<Error>& warnings);
// folder: what relative paths count from.
ControllerConfigReading read_controller_config(std::string_view text, const std::string& folder);

}  // namespace understudy
