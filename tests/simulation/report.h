// The tables of docs/simulation.md: how soon the controller switches after each kind of failure,
// and how often for nothing, by policy.
#pragma once

#include <cstdint>

namespace understudy::simulation {

// Prints them; the exit status. fleets: for each row of failures.
int print_report(std::uint64_t first_seed, int fleets);

// Every disturbance by lot, under two_of, for so many server-years; jobs: processes.
int print_long_run(std::uint64_t first_seed, std::uint64_t years, int jobs);

}  // namespace understudy::simulation
