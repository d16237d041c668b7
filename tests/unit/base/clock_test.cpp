#include "base/clock.h"

#include <doctest/doctest.h>

using namespace understudy;
using namespace std::chrono_literals;

TEST_CASE("clock: boot time never goes back") {
    const Instant first = BootClock::now();
    CHECK(BootClock::now() >= first);
    CHECK(first.time_since_epoch() > 0ms);
    CHECK(first < kNever);
}

TEST_CASE("clock: RFC 3339 in UTC with milliseconds") {
    CHECK(to_rfc3339(WallTime{0ms}) == "1970-01-01T00:00:00.000Z");
    CHECK(to_rfc3339(WallTime{1'795'226'922'123ms}) == "2026-11-21T02:08:42.123Z");
    CHECK(to_rfc3339(WallTime{-1ms}) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("clock: RFC 3339 is read back") {
    const WallTime now = wall_now();
    CHECK(parse_rfc3339(to_rfc3339(now)) == now);
    CHECK(parse_rfc3339("2026-11-21T02:08:42Z") == WallTime{1'795'226'922'000ms});
    CHECK(parse_rfc3339("2026-11-21 02:08:42z") == WallTime{1'795'226'922'000ms});
    CHECK(parse_rfc3339("2026-11-21T04:08:42.5+02:00") == WallTime{1'795'226'922'500ms});
    CHECK(parse_rfc3339("2026-11-20T21:38:42-04:30") == WallTime{1'795'226'922'000ms});
    CHECK(parse_rfc3339("2026-11-21T02:08:42.123456789Z") == WallTime{1'795'226'922'123ms});
}

TEST_CASE("clock: what is no RFC 3339 time is refused") {
    for (const char* text :
         {"", "2026-11-21", "2026-11-21T02:08:42", "2026-13-21T02:08:42Z", "2026-02-29T00:00:00Z",
          "2026-11-21T24:08:42Z", "2026-11-21T02:60:42Z", "2026-11-21T02:08:61Z",
          "2026-11-21T02:08:42+2:00", "2026-11-21T02:08:42+24:00", "2026-11-21T02:08:42Zx",
          "2026/11/21T02:08:42Z", "20x6-11-21T02:08:42Z", "2026-11-21T02-08-42Z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_rfc3339(text).has_value());
    }
}

TEST_CASE("clock: durations as people say them") {
    CHECK(to_text(340ms) == "340 ms");
    CHECK(to_text(12'300ms) == "12.3 s");
    CHECK(to_text(4min + 5s) == "4 min 5 s");
    CHECK(to_text(3h + 2min + 59s) == "3 h 2 min");
    CHECK(to_text(0ms) == "0 ms");
}
