#include "controller/hub/wrong_tokens.h"

#include <doctest/doctest.h>

#include "tests/unit/hub/some_peer.h"

using namespace understudy;
using Notable = WrongTokens::Notable;

namespace {

constexpr Instant kFirstTry{Duration{1'000'000}};
constexpr Duration kMinute{60'000};

}  // namespace

TEST_CASE("wrong tokens: many of one address make it slow for the rest of the minute") {
    WrongTokens tokens{WrongTokenLimits{3, 6, 100}};
    CHECK(tokens.failed(test::some_peer(1), 1, kFirstTry) == Notable::Token);
    CHECK(tokens.failed(test::some_peer(1), 2, kFirstTry) == Notable::Token);
    CHECK_FALSE(tokens.slow(test::some_peer(1), kFirstTry));
    CHECK(tokens.failed(test::some_peer(1), 3, kFirstTry) == Notable::Address);
    CHECK(tokens.failed(test::some_peer(1), 4, kFirstTry) == Notable::Nothing);
    CHECK(tokens.slow(test::some_peer(1), kFirstTry + kMinute - Duration{1}));
    CHECK_FALSE(tokens.slow(test::some_peer(2), kFirstTry));
    CHECK_FALSE(tokens.slow(test::some_peer(1), kFirstTry + kMinute));
    CHECK(tokens.failed(test::some_peer(1), 4, kFirstTry + kMinute) == Notable::Token);
}

TEST_CASE("wrong tokens: an old one tried again and again is one line, and counts for little") {
    WrongTokens tokens{WrongTokenLimits{30, 6, 100}};
    CHECK(tokens.failed(test::some_peer(1), 7, kFirstTry) == Notable::Token);
    for (int i = 0; i < 199; ++i)
        CHECK(tokens.failed(test::some_peer(1), 7, kFirstTry) == Notable::Nothing);
    CHECK_FALSE(tokens.slow(test::some_peer(1), kFirstTry));
    CHECK(tokens.most_of_one_address(kFirstTry) == 16);
    for (int i = 0; i < 1'000; ++i)
        tokens.failed(test::some_peer(1), 7, kFirstTry);
    CHECK(tokens.slow(test::some_peer(1), kFirstTry));  // so often it is work all the same
}

TEST_CASE("wrong tokens: a bounded number of addresses is remembered") {
    WrongTokens tokens{WrongTokenLimits{1, 1, 10}};
    for (std::uint8_t i = 1; i <= 10; ++i)
        tokens.failed(test::some_peer(i), 1, kFirstTry + Duration{i});
    tokens.failed(test::some_peer(11), 1, kFirstTry + Duration{11});
    CHECK_FALSE(tokens.slow(test::some_peer(1), kFirstTry + Duration{11}));  // the oldest
    CHECK(tokens.slow(test::some_peer(2), kFirstTry + Duration{11}));
    CHECK(tokens.slow(test::some_peer(11), kFirstTry + Duration{11}));
}
