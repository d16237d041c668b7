#include "base/quiet_hours.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace understudy {
namespace {

constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";

WallTime at(const char* text) {
    const auto time = parse_rfc3339(text);
    REQUIRE(time);
    return *time;
}

std::vector<QuietHours> quiet(const std::string& text) {
    auto parsed = parse_kept_quiet_hours(text);
    REQUIRE(parsed);
    return {*parsed};
}

int hours_east(const char* posix, const char* time) {
    const auto rule = parse_zone_rule(posix);
    REQUIRE(rule);
    return static_cast<int>(offset_at(*rule, at(time)).count() / 3'600);
}

}  // namespace

TEST_CASE("a zone's rule says when its clocks are changed") {
    CHECK(hours_east(kBerlin, "2026-03-29T00:59:59Z") == 1);
    CHECK(hours_east(kBerlin, "2026-03-29T01:00:00Z") == 2);
    CHECK(hours_east(kBerlin, "2026-10-25T00:59:59Z") == 2);
    CHECK(hours_east(kBerlin, "2026-10-25T01:00:00Z") == 1);
    // The south, whose summer is over the turn of the year.
    const char* sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
    CHECK(hours_east(sydney, "2026-12-31T23:00:00Z") == 11);
    CHECK(hours_east(sydney, "2026-01-01T00:00:00Z") == 11);
    CHECK(hours_east(sydney, "2026-04-04T16:00:00Z") == 10);
    CHECK(hours_east(sydney, "2026-10-03T15:59:59Z") == 10);
    CHECK(hours_east(sydney, "2026-10-03T16:00:00Z") == 11);
    // Ireland counts its winter as the exception.
    CHECK(hours_east("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z") == 1);
    CHECK(hours_east("IST-1GMT0,M10.5.0,M3.5.0/1", "2026-12-01T00:00:00Z") == 0);
    CHECK(hours_east("<-03>3", "2026-07-01T00:00:00Z") == -3);
    CHECK(hours_east("XXX0YYY,J60,J300", "2028-02-29T12:00:00Z") == 0);
    CHECK(hours_east("XXX0YYY,J60,J300", "2028-03-01T02:00:00Z") == 1);
    CHECK(hours_east("XXX0YYY,59,300", "2028-02-29T02:00:00Z") == 1);
}

TEST_CASE("what is no zone's rule is refused") {
    for (const char* text :
         {"", "CE-1", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
          "CET-1CEST,M3.0.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "<CET-1",
          "CET-1CEST,M3.5.0,M10.5.0/3x", "CET-1:60", "CET-1CEST,M3.5.0/168,M10.5.0"}) {
        CAPTURE(text);
        CHECK(!parse_zone_rule(text));
    }
}

TEST_CASE("offsets from UTC are zones") {
    CHECK(parse_utc_offset("UTC")->offset.count() == 0);
    CHECK(parse_utc_offset("+02:00")->offset.count() == 7'200);
    CHECK(parse_utc_offset("UTC-03:30")->offset.count() == -12'600);
    for (const char* text : {"2", "+2", "+02", "+02:60", "+15:00", "-15:00", "Europe/Berlin"})
        CHECK(!parse_utc_offset(text));
}

TEST_CASE("zones have their rule out of the system's database") {
    const auto berlin = zone_of("Europe/Berlin");
    REQUIRE(berlin.ok());
    CHECK(*berlin == kBerlin);
    for (const char* name :
         {"", "Europe/Nowhere", "../../../etc/passwd", "/etc/passwd", "Europe", "tzdata.zi"})
        CHECK(!zone_of(name).ok());
}

TEST_CASE("quiet hours are read and written alike") {
    for (const char* text : {"mon-fri 22:00-07:00 Europe/Berlin", "sat,sun 00:00-24:00 +02:00",
                             "daily 23:30-06:00 UTC", "mon,wed,fri-sun 12:00-13:00 UTC"}) {
        const auto parsed = parse_quiet_hours(text);
        REQUIRE(parsed);
        CHECK(to_string(*parsed) == text);
    }
    CHECK(to_string(*parse_quiet_hours("fri-mon 22:00-07:00 UTC")) ==
          "mon,fri-sun 22:00-07:00 UTC");
    for (const char* text :
         {"", "daily", "daily 22:00-07:00", "daily 22:00-22:00 UTC", "daily 24:00-07:00 UTC",
          "daily 22:60-07:00 UTC", "daily 2:00-07:00 UTC", "never 22:00-07:00 UTC",
          "mon- 22:00-07:00 UTC x", "mon-fri,xxx 22:00-07:00 UTC", "daily 22:00-24:01 UTC",
          "daily 22:00-07:00 UTC UTC0"}) {
        CAPTURE(text);
        CHECK(!parse_quiet_hours(text));
    }
    const std::string kept = std::string{"mon-fri 22:00-07:00 Europe/Berlin "} + kBerlin;
    CHECK(kept_text(quiet(kept).front()) == kept);
}

// Friday is 2026-01-02.
TEST_CASE("quiet hours past midnight belong to the day on which they begin") {
    const auto weekdays = quiet("mon-fri 22:00-07:00 UTC");
    CHECK(!is_quiet(weekdays, at("2026-01-02T21:59:59Z")));
    CHECK(is_quiet(weekdays, at("2026-01-02T22:00:00Z")));
    CHECK(is_quiet(weekdays, at("2026-01-03T06:59:59Z")));
    CHECK(!is_quiet(weekdays, at("2026-01-03T07:00:00Z")));
    CHECK(!is_quiet(weekdays, at("2026-01-03T23:00:00Z")));
    CHECK(!is_quiet(weekdays, at("2026-01-05T06:00:00Z")));  // what began on a Sunday
    CHECK(is_quiet(quiet("sun 00:00-24:00 UTC"), at("2026-01-04T23:59:59Z")));
    CHECK(!is_quiet(quiet("sun 00:00-24:00 UTC"), at("2026-01-05T00:00:00Z")));
}

TEST_CASE("quiet hours go by the zone's clocks, also when those are changed") {
    const auto night = quiet(std::string{"daily 22:00-07:00 Europe/Berlin "} + kBerlin);
    CHECK(is_quiet(night, at("2026-07-01T04:59:00Z")));
    CHECK(!is_quiet(night, at("2026-07-01T05:00:00Z")));
    CHECK(is_quiet(night, at("2026-01-10T05:59:00Z")));
    CHECK(*end_of_quiet(night, at("2026-03-28T22:00:00Z")) == at("2026-03-29T05:00:00Z"));
    CHECK(*end_of_quiet(night, at("2026-10-24T22:00:00Z")) == at("2026-10-25T06:00:00Z"));
    // In an hour that there is not, and in one that there is twice.
    const auto gap = quiet(std::string{"sun 02:15-02:45 Europe/Berlin "} + kBerlin);
    CHECK(*end_of_quiet(gap, at("2026-03-28T12:00:00Z")) == at("2026-04-05T00:45:00Z"));
    CHECK(*end_of_quiet(gap, at("2026-10-24T12:00:00Z")) == at("2026-10-25T00:45:00Z"));
    CHECK(*end_of_quiet(gap, at("2026-10-25T00:45:00Z")) == at("2026-10-25T01:45:00Z"));
}

TEST_CASE("quiet times that touch are one, and such as never end have no end") {
    auto all = quiet("fri 22:00-24:00 UTC");
    all.push_back(quiet("sat,sun 00:00-24:00 UTC").front());
    CHECK(*end_of_quiet(all, at("2026-01-02T20:00:00Z")) == at("2026-01-05T00:00:00Z"));
    CHECK(*quiet_until(all, at("2026-01-02T20:00:00Z")) == at("2026-01-02T20:00:00Z"));
    CHECK(*quiet_until(all, at("2026-01-03T20:00:30Z")) == at("2026-01-05T00:00:00Z"));
    CHECK(!quiet_until(quiet("daily 00:00-24:00 UTC"), at("2026-01-03T20:00:00Z")));
    CHECK(!end_of_quiet({}, at("2026-01-03T20:00:00Z")));
}

}  // namespace understudy
