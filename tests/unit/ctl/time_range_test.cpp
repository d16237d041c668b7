#include "ctl/time_range.h"

#include <doctest/doctest.h>

using namespace understudy;
using ctl::moment_words;

TEST_CASE("a length of time goes to the controller as it is, a time in one form") {
    for (const char* text : {"90s", "15m", "1h", "2d", "1h1m"})
        CHECK(*moment_words("--since", text) == text);
    CHECK(*moment_words("--since", "2026-11-21T03:08:42+01:00") == "2026-11-21T02:08:42.000Z");
    for (const char* text : {"", "h", "1", "-1h", "yesterday"}) {
        CAPTURE(text);
        CHECK_FALSE(moment_words("--since", text).ok());
    }
}

TEST_CASE("a length of time that is none is refused with examples") {
    CHECK(*ctl::parse_span("--for", "1h30m") == std::chrono::minutes{90});
    for (const char* text : {"", "90", "2026-11-21T02:08:42Z", "h1", "1h "}) {
        const auto span = ctl::parse_span("--for", text);
        REQUIRE_FALSE(span.ok());
        CHECK(span.error().field == "--for");
        CHECK(span.error().remedy == "give it like 90s, 30m, 2h, 1h30m or 7d");
    }
}
