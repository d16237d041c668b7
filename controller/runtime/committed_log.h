// One log line per committed line of the failover's own log, with the same sentence.
#pragma once

#include "controller/core/change.h"

namespace understudy {

void log_committed(const LogLine& line);

}  // namespace understudy
