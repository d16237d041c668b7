#include "base/log_limit.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("log limit: one line a minute, which says how many it stands for") {
    constexpr Instant kStart{Duration{5}};
    LogLimit limit;
    CHECK(limit.due(kStart) == 0u);
    CHECK_FALSE(limit.due(kStart));
    CHECK_FALSE(limit.due(kStart + Duration{59'999}));
    CHECK(limit.due(kStart + Duration{60'000}) == 2u);
    CHECK(limit.due(kStart + Duration{120'000}) == 0u);
}
