// The tables of docs/simulation.md: how soon the controller switches after each kind of failure,
// and how often for nothing, by policy.
#pragma once

#include <cstdint>
#include <string>

namespace understudy::simulation {

// Prints them; the exit status. fleets: for each row of failures. failure: only how soon after that
// one (faults.cpp names them); empty: all.
int print_report(std::uint64_t first_seed, int fleets, const std::string& failure);

// Every disturbance by lot, under two_of, for so many server-years; jobs: processes.
int print_long_run(std::uint64_t first_seed, std::uint64_t years, int jobs);

}  // namespace understudy::simulation
