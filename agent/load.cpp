#include "agent/load.h"

#include <stdlib.h>
#include <unistd.h>

namespace understudy {

std::optional<double> load_per_core() {
    double last_minute = 0;
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (getloadavg(&last_minute, 1) != 1 || cores < 1) return std::nullopt;
    return last_minute / static_cast<double>(cores);
}

}  // namespace understudy
