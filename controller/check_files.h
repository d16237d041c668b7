// What only a look at the files that the configuration names can tell. Before anything is opened;
// used by main for a start and for --check-config.
#pragma once

#include "base/clock.h"
#include "controller/config.h"

namespace understudy {

// Adds what it finds to the errors and warnings of a configuration that is good in itself.
void check_files(ControllerConfigReading& reading, WallTime now);

}  // namespace understudy
