#include "controller/core/flapping.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime kMoment{hours{1000}};

std::vector<WallTime> ago(std::initializer_list<minutes> times) {
    std::vector<WallTime> out;
    for (const minutes before : times)
        out.push_back(kMoment - before);
    return out;
}

}  // namespace

TEST_CASE("flapping: only the hour that ends now counts") {
    CHECK(flapping::recent({}, kMoment) == 0);
    CHECK(flapping::recent(ago({minutes{61}, minutes{60}}), kMoment) == 0);
    CHECK(flapping::recent(ago({minutes{59}, minutes{0}}), kMoment) == 2);
    CHECK(flapping::recent(ago({minutes{-1}}), kMoment) == 0);  // the clock was set back since
}

TEST_CASE("flapping: each failover within the hour after the first doubles the wait") {
    const auto after = [](std::initializer_list<minutes> times, Duration usual) {
        return flapping::failback_after(ago(times), kMoment, usual);
    };
    CHECK(after({}, seconds{60}) == seconds{60});
    CHECK(after({minutes{1}}, seconds{60}) == seconds{60});
    CHECK(after({minutes{2}, minutes{1}}, seconds{60}) == seconds{120});
    CHECK(after({minutes{3}, minutes{2}, minutes{1}}, seconds{60}) == seconds{240});
    CHECK(after({minutes{70}, minutes{2}, minutes{1}}, seconds{60}) == seconds{120});
}

TEST_CASE("flapping: the wait is at most an hour, and never shorter than the policy's") {
    const auto many = ago({minutes{9}, minutes{8}, minutes{7}, minutes{6}, minutes{5}, minutes{4},
                           minutes{3}, minutes{2}, minutes{1}, minutes{0}});
    CHECK(flapping::failback_after(many, kMoment, seconds{60}) == hours{1});
    CHECK(flapping::failback_after(many, kMoment, hours{2}) == hours{2});
    CHECK(flapping::failback_after(many, kMoment, seconds{0}) == seconds{0});
}

TEST_CASE("flapping: the third within an hour keeps away until an hour after it") {
    CHECK(flapping::held_until({}, kMoment) <= kMoment);
    CHECK(flapping::held_until(ago({minutes{50}, minutes{5}}), kMoment) <= kMoment);
    CHECK(flapping::held_until(ago({minutes{50}, minutes{20}, minutes{5}}), kMoment) ==
          kMoment + minutes{55});
    CHECK(flapping::held_until(ago({minutes{66}, minutes{20}, minutes{5}}), kMoment) <= kMoment);
    // Though the first is more than an hour ago by now, the pool was held at the third.
    CHECK(flapping::held_until(ago({minutes{80}, minutes{50}, minutes{30}}), kMoment) ==
          kMoment + minutes{30});
}

TEST_CASE("flapping: remembers what rules look at, and forgets the rest") {
    auto failovers = ago({minutes{121}, minutes{120}, minutes{119}, minutes{-5}});
    flapping::remember(failovers, kMoment);
    CHECK(failovers == ago({minutes{119}, minutes{0}}));
}

}  // namespace understudy
