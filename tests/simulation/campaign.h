// Campaign: many seeds, over several processes, and what came of them.
#pragma once

#include <cstdint>
#include <string>

namespace understudy::simulation {

struct Campaign {
    std::uint64_t first = 0;
    std::uint64_t count = 1;
    int jobs = 1;
    bool report = false;      // how soon it switches, and how often for nothing
    std::uint64_t years = 0;  // of the report: only the latter, in so many server-years
    std::string failure;      // of the report: only how soon after that one
    bool story = false;       // print what happens
};

// Prints what failed and the sums; the exit status.
int run(const Campaign& campaign);

}  // namespace understudy::simulation
