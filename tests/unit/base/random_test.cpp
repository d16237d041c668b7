#include "base/random.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace understudy;
using namespace std::chrono_literals;

TEST_CASE("random: one seed gives one sequence") {
    Random a{42};
    Random b{42};
    Random c{43};
    int different = 0;
    for (int i = 0; i < 100; ++i) {
        const auto value = a.below(1'000'000);
        CHECK(value == b.below(1'000'000));
        different += value != c.below(1'000'000) ? 1 : 0;
    }
    CHECK(different > 90);
}

TEST_CASE("random: draws stay within their bounds and reach them") {
    Random random{1};
    Duration low = 10ms;
    Duration high = 1ms;
    for (int i = 0; i < 1000; ++i) {
        CHECK(random.below(3) < 3);
        const Duration drawn = random.between(1ms, 10ms);
        low = std::min(low, drawn);
        high = std::max(high, drawn);
    }
    CHECK(low == 1ms);
    CHECK(high == 10ms);
    CHECK(random.between(5ms, 5ms) == 5ms);
}

TEST_CASE("random: chances are kept") {
    Random random{7};
    int hits = 0;
    for (int i = 0; i < 10'000; ++i)
        hits += random.chance(0.25) ? 1 : 0;
    CHECK(hits > 2300);
    CHECK(hits < 2700);
    CHECK_FALSE(random.chance(0.0));
    CHECK(random.chance(1.0));
}

TEST_CASE("random: back-off doubles, is spread, and is capped") {
    Random random{3};
    for (int attempt = 1; attempt <= 100; ++attempt) {
        const Duration ceiling =
            attempt > 6 ? Duration{60s} : std::min<Duration>(60s, 1s * (1 << (attempt - 1)));
        const Duration wait = backoff(random, attempt, 1s, 60s);
        CAPTURE(attempt);
        CHECK(wait >= ceiling / 2);
        CHECK(wait <= ceiling);
    }
    CHECK(backoff(random, 0, 1s, 60s) <= 1s);
    CHECK(backoff(random, 1'000'000, 24h, 48h) <= 48h);
}
