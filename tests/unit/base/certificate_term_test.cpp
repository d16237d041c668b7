#include "base/certificate_term.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

const WallTime kLookedAt = *parse_rfc3339("2026-11-21T12:00:00Z");

CertificateTerm term(Duration lifetime, Duration left) {
    return term_of(kLookedAt + left - lifetime, kLookedAt + left, "01", kLookedAt);
}

}  // namespace

TEST_CASE("certificates: the smaller of the days and a third of the life is near the end") {
    CHECK_FALSE(near_end(term(days{90}, days{15}), 14));
    CHECK(near_end(term(days{90}, days{14}), 14));
    CHECK_FALSE(near_end(term(days{6}, days{3}), 14));
    CHECK(near_end(term(days{6}, days{2}), 14));
    CHECK_FALSE(near_end(term(hours{24}, hours{9}), 14));
    CHECK(near_end(term(hours{24}, hours{8}), 14));
    CHECK(near_end(term(hours{24}, -hours{8}), 14));
    // Of unknown life.
    CHECK(near_end(term(days{0}, days{14}), 14));
}

TEST_CASE("certificates: what is left is told in a unit that says something") {
    const std::string at = ", at 2026-11-2";
    CHECK(ending(term(days{90}, days{9} + hours{3})) ==
          "ends in 9 days, at 2026-11-30T15:00:00.000Z");
    CHECK(ending(term(days{90}, hours{47})).starts_with("ends in 1 day" + at));
    CHECK(ending(term(days{90}, hours{7} + minutes{59})).starts_with("ends in 7 hours" + at));
    CHECK(ending(term(days{90}, hours{1})).starts_with("ends in 1 hour" + at));
    CHECK(ending(term(days{90}, minutes{59})).starts_with("ends in 59 minutes" + at));
    CHECK(ending(term(days{90}, -minutes{1})) == "ended at 2026-11-21T11:59:00.000Z");
}

TEST_CASE("certificates: out of time is one that has ended or has not begun") {
    CHECK(out_of_time(kLookedAt - days{1}, kLookedAt + days{1}, kLookedAt).empty());
    CHECK(out_of_time(kLookedAt - days{2}, kLookedAt - days{1}, kLookedAt) ==
          "ended at 2026-11-20T12:00:00.000Z");
    CHECK(out_of_time(kLookedAt + days{1}, kLookedAt + days{2}, kLookedAt) ==
          "is valid only from 2026-11-22T12:00:00.000Z on");
}

}  // namespace understudy
