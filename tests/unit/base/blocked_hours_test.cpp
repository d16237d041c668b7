#include "base/blocked_hours.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE(
    "blocked hours: what is written is read again, several windows with a semicolon between") {
    const std::string text = "mon-fri 08:00-18:00 Europe/Berlin; sat,sun 22:00-06:00 +01:00";
    const auto hours = parse_blocked_hours(text);
    REQUIRE(hours);
    CHECK(hours->windows.size() == 2);
    CHECK(to_string(*hours) == text);
    CHECK(parse_kept_blocked_hours(kept_text(*hours)) == hours);
    CHECK(parse_blocked_hours(" daily 08:00-18:00 UTC ;") ==
          parse_blocked_hours("daily 08:00-18:00 UTC"));
}

TEST_CASE("blocked hours: nothing blocks nothing, and what blocks all is none") {
    REQUIRE(parse_blocked_hours(""));
    CHECK(*parse_blocked_hours("") == BlockedHours{});
    CHECK(to_string(BlockedHours{}).empty());
    CHECK_FALSE(parse_blocked_hours("daily 00:00-24:00 UTC"));
    CHECK_FALSE(parse_blocked_hours("daily 00:00-12:00 UTC; daily 12:00-24:00 UTC"));
    CHECK_FALSE(parse_blocked_hours("daily 08:00-18:00 Atlantis/Nowhere"));
    CHECK_FALSE(parse_blocked_hours("at night"));
}
