#include "base/time_span.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;

TEST_CASE("a length of time is one or several counts with their units") {
    CHECK(parse_time_span("90s") == std::chrono::seconds{90});
    CHECK(parse_time_span("15m") == std::chrono::minutes{15});
    CHECK(parse_time_span("2d") == std::chrono::hours{48});
    CHECK(parse_time_span("1h30m") == std::chrono::minutes{90});
    CHECK(parse_time_span("0s") == Duration{0});
    CHECK(parse_time_span("36525d") == kLongestTimeSpan);
    for (const char* text :
         {"", "h", "1", "1w", "-1h", "+1h", "1.5h", "1h1", "1hm", "1 h", "36526d", "36525d1s",
          "99999999999999999999h", "9223372036854775807d"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_time_span(text));
    }
}
