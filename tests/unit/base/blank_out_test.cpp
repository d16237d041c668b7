#include "base/blank_out.h"

#include <doctest/doctest.h>

namespace understudy {
namespace {

TEST_CASE("secrets are blanked out wherever and however they stand") {
    CHECK(blank_out("no /hook/S3CRET here, /hook/s3cret", {"s3cret"}) ==
          "no /hook/*** here, /hook/***");
    CHECK(blank_out("/hook/s3cret and s3cret", {"s3cret", "/hook/s3cret"}) == "*** and ***");
    CHECK(blank_out("s3crets3cret", {"s3cret"}) == "******");
    CHECK(blank_out("", {"s3cret"}).empty());
}

TEST_CASE("what is too short to be a secret stays") {
    CHECK(blank_out("a/b/c", {"", "/", "b/c"}) == "a/b/c");
}

}  // namespace
}  // namespace understudy
