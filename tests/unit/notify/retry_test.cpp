#include <doctest/doctest.h>

#include "notify/channel.h"

namespace understudy {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("a notification is tried again soon, then patiently, for three days") {
    const std::vector<Duration> schedule{
        seconds{0}, seconds{5}, seconds{30}, minutes{2}, minutes{10}, minutes{30}, hours{1},
        hours{2},   hours{4},   hours{8},    hours{12},  hours{12},   hours{12},   hours{12}};
    Duration since_first{0};
    for (std::size_t attempts = 0; attempts < schedule.size(); ++attempts) {
        CAPTURE(attempts);
        CHECK(retry_delay(static_cast<int>(attempts)) == schedule[attempts]);
        since_first += schedule[attempts];
    }
    CHECK(since_first > hours{60});
    CHECK(since_first <= hours{72});
    CHECK_FALSE(retry_delay(static_cast<int>(schedule.size())).has_value());
    CHECK_FALSE(retry_delay(1'000'000).has_value());
    CHECK(retry_delay(-1) == Duration{0});
}

}  // namespace
}  // namespace understudy
