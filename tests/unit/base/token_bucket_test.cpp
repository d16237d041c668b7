#include "base/token_bucket.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

constexpr Instant kStart{Duration{1'000'000}};
constexpr Rate kRate{3, 0.5F};

}  // namespace

TEST_CASE("a bucket gives its burst at once, then its rate") {
    TokenBucket bucket{kRate, kStart};
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(kRate, kStart));
    CHECK_FALSE(bucket.take(kRate, kStart));
    CHECK_FALSE(bucket.take(kRate, kStart + Duration{1'900}));
    CHECK(bucket.take(kRate, kStart + Duration{2'100}));
    CHECK_FALSE(bucket.take(kRate, kStart + Duration{2'100}));
    // Never more than the burst, however long nothing was taken.
    const Instant later = kStart + std::chrono::hours{24};
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(kRate, later));
    CHECK_FALSE(bucket.take(kRate, later));
}

TEST_CASE("a bucket says how long until it gives again, and is right") {
    TokenBucket bucket{kRate, kStart};
    CHECK(bucket.wait(kRate, kStart) == Duration{0});
    while (bucket.take(kRate, kStart)) {
    }
    const Duration wait = bucket.wait(kRate, kStart);
    CHECK(wait >= Duration{2'000});
    CHECK(wait <= Duration{2'002});
    CHECK(bucket.take(kRate, kStart + wait));
}

TEST_CASE("what is given back may be taken again, and no more than the burst") {
    TokenBucket bucket{kRate, kStart};
    bucket.give_back(kRate);
    for (int i = 0; i < 3; ++i)
        CHECK(bucket.take(kRate, kStart));
    bucket.give_back(kRate);
    CHECK(bucket.take(kRate, kStart));
    CHECK_FALSE(bucket.take(kRate, kStart));
}
