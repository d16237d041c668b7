#include "controller/core/witnesses.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

constexpr Instant kLoss{Duration{50'000}};
constexpr Duration kSecond{1000};

GuardLimits with_witnesses() {
    GuardLimits limits;
    limits.witnesses = true;
    return limits;
}

}  // namespace

TEST_CASE("witnesses: where none is configured every loss is believed") {
    const Witnesses none{GuardLimits{}};
    CHECK_FALSE(none.configured());
    CHECK(none.vouch_since(kLoss));
}

// They are asked in the very step that sees the loss, so the same instant counts.
TEST_CASE("witnesses: only what was asked when the loss was seen, or later, vouches for it") {
    Witnesses witnesses{with_witnesses()};
    CHECK_FALSE(witnesses.vouch_since(kLoss));
    CHECK_FALSE(witnesses.vouch_since(Instant{} - kSecond));
    witnesses.answered(kLoss - Duration{1});
    CHECK_FALSE(witnesses.vouch_since(kLoss));
    witnesses.answered(kLoss);
    CHECK(witnesses.vouch_since(kLoss));
    CHECK_FALSE(witnesses.vouch_since(kLoss + Duration{1}));
    witnesses.answered(kLoss + kSecond);
    CHECK(witnesses.vouch_since(kLoss + kSecond));
    CHECK_FALSE(witnesses.vouch_since(kLoss + 2 * kSecond));
}

TEST_CASE("witnesses: pools that wait are taken once") {
    Witnesses witnesses{with_witnesses()};
    CHECK_FALSE(witnesses.awaited());
    witnesses.wait(PoolId{1});
    witnesses.wait(PoolId{2});
    witnesses.wait(PoolId{2});
    witnesses.waits_no_more(PoolId{1});
    CHECK(witnesses.awaited());
    CHECK(witnesses.take_waiting() == std::set<PoolId>{PoolId{2}});
    CHECK_FALSE(witnesses.awaited());
}

}  // namespace understudy
