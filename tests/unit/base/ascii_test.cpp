#include "base/ascii.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("only ASCII's letters have a case") {
    CHECK(lower("Content-TYPE [Z]{@}") == "content-type [z]{@}");
    CHECK(lower("\xc3\x84") == "\xc3\x84");
    CHECK(same_ignoring_case("LOCALHOST", "localhost"));
    CHECK_FALSE(same_ignoring_case("localhost", "localhost."));
    CHECK_FALSE(same_ignoring_case("[", "{"));
}

TEST_CASE("blanks are cut off both ends, and lines only where that is said") {
    CHECK(trimmed(" \ta b\t ") == "a b");
    CHECK(trimmed("a\r\n") == "a\r\n");
    CHECK(trimmed("\n a\r\n", kBlanksAndLines) == "a");
    CHECK(trimmed(" \t ").empty());
    CHECK(trimmed("").empty());
}

TEST_CASE("hex: two small letters for a byte") {
    CHECK(to_hex(std::string_view{"\x00\xff\x1a", 3}) == "00ff1a");
    CHECK(to_hex("").empty());
}
