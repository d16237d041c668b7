#include <doctest/doctest.h>

#include <cstdlib>

#include "tests/unit/core/random_run.h"

namespace understudy {

TEST_CASE("engine: random events neither break it nor what it tells") {
    const char* more = std::getenv("UNDERSTUDY_SEEDS");  // a longer hunt than the usual one
    const std::uint64_t seeds = more == nullptr ? 30 : std::strtoull(more, nullptr, 10);
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        RandomRun run{seed};
        run.trouble(1500);
        run.heal_and_check();
    }
}

TEST_CASE("engine: what was rehearsed or refused leaves no trace") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        RandomRun undisturbed{seed};
        RandomRun rehearsing{seed, true};
        undisturbed.trouble(600);
        rehearsing.trouble(600);
        const bool same = undisturbed.story() == rehearsing.story();
        CHECK(same);
    }
}

}  // namespace understudy
