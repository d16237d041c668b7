// Shrinking: of a seed that fails, as few of its faults as still make it fail, written as a
// scenario (scenario_text.h) to build/logs/simulation-SEED.txt. Every try is a process of its own,
// for some end it.
#pragma once

#include <cstdint>
#include <string>

namespace understudy::simulation {

inline constexpr const char* kEndedItself = "the process ended itself";

void shrink(std::uint64_t seed, const std::string& failure);

}  // namespace understudy::simulation
