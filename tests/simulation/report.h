// The table of docs/simulation.md: how soon the controller switches after each kind of failure, and
// how often for nothing, under the default policy and with reaction `maintenance`.
#pragma once

#include <cstdint>

namespace understudy::simulation {

// Prints it; the exit status.
int print_report(std::uint64_t first_seed);

}  // namespace understudy::simulation
