// SIGHUP: reads the configuration again, takes over what can change while running, and names what
// needs a restart. A bad file changes nothing.
#pragma once

#include <string>

#include "controller/config.h"
#include "controller/hub/hub.h"
#include "controller/runtime/alive_calls.h"
#include "controller/runtime/dispatch/sealed_drivers.h"

namespace understudy {

// `config` becomes what is in force now.
void reload(ControllerConfig& config, const std::string& file, Hub& hub, SealedDrivers& drivers,
            AliveCalls& alive);

// For whom the certificate is, and until when.
void log_certificate(const Hub& hub);

// The sections of `wanted` that differ from `running` and only count after a restart; for the log.
std::string needs_restart(const ControllerConfig& running, const ControllerConfig& wanted);

}  // namespace understudy
