#include "ctl/time_range.h"

#include <doctest/doctest.h>

using namespace understudy;
using ctl::parse_moment;

TEST_CASE("spans count back from now, times are themselves") {
    const WallTime now{Duration{1'800'000'000'000}};
    CHECK(*parse_moment("--since", "90s", now) == now - std::chrono::seconds{90});
    CHECK(*parse_moment("--since", "15m", now) == now - std::chrono::minutes{15});
    CHECK(*parse_moment("--since", "1h", now) == now - std::chrono::hours{1});
    CHECK(*parse_moment("--since", "2d", now) == now - std::chrono::hours{48});
    CHECK(*parse_moment("--since", "1h1m", now) == now - std::chrono::minutes{61});
    CHECK(to_rfc3339(*parse_moment("--since", "2026-11-21T02:08:42Z", now)) ==
          "2026-11-21T02:08:42.000Z");
    for (const char* text :
         {"", "h", "1", "1w", "-1h", "1.5h", "1h1", "1hm", "yesterday", "99999999999999999999h"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_moment("--since", text, now).ok());
    }
}

TEST_CASE("a length of time is one or several counts with their units") {
    CHECK(*ctl::parse_span("--for", "1h30m") == std::chrono::minutes{90});
    CHECK(*ctl::parse_span("--for", "7d") == std::chrono::hours{168});
    for (const char* text : {"", "90", "2026-11-21T02:08:42Z", "h1", "1h "})
        CHECK_FALSE(ctl::parse_span("--for", text).ok());
}
