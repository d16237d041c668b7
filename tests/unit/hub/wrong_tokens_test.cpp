#include "controller/hub/wrong_tokens.h"

#include <doctest/doctest.h>

using namespace understudy;
using Notable = WrongTokens::Notable;

namespace {

constexpr Instant kFirstTry{Duration{1'000'000}};
constexpr Duration kMinute{60'000};

Peer guesser(std::uint8_t last) {
    Peer peer;
    peer.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, last};
    return peer;
}

}  // namespace

TEST_CASE("wrong tokens: many of one address make it slow for the rest of the minute") {
    WrongTokens tokens{WrongTokenLimits{3, 6, 100}};
    CHECK(tokens.failed(guesser(1), 1, kFirstTry) == Notable::Token);
    CHECK(tokens.failed(guesser(1), 2, kFirstTry) == Notable::Token);
    CHECK_FALSE(tokens.slow(guesser(1), kFirstTry));
    CHECK(tokens.failed(guesser(1), 3, kFirstTry) == Notable::Address);
    CHECK(tokens.failed(guesser(1), 4, kFirstTry) == Notable::Nothing);
    CHECK(tokens.slow(guesser(1), kFirstTry + kMinute - Duration{1}));
    CHECK_FALSE(tokens.slow(guesser(2), kFirstTry));
    CHECK_FALSE(tokens.slow(guesser(1), kFirstTry + kMinute));
    CHECK(tokens.failed(guesser(1), 4, kFirstTry + kMinute) == Notable::Token);
}

TEST_CASE("wrong tokens: an old one tried again and again is one line, and counts for little") {
    WrongTokens tokens{WrongTokenLimits{30, 6, 100}};
    CHECK(tokens.failed(guesser(1), 7, kFirstTry) == Notable::Token);
    for (int i = 0; i < 199; ++i)
        CHECK(tokens.failed(guesser(1), 7, kFirstTry) == Notable::Nothing);
    CHECK_FALSE(tokens.slow(guesser(1), kFirstTry));
    CHECK(tokens.most_of_one_address(kFirstTry) == 16);
    for (int i = 0; i < 1'000; ++i)
        tokens.failed(guesser(1), 7, kFirstTry);
    CHECK(tokens.slow(guesser(1), kFirstTry));  // so often it is work all the same
}

TEST_CASE("wrong tokens: a bounded number of addresses is remembered") {
    WrongTokens tokens{WrongTokenLimits{1, 1, 10}};
    for (std::uint8_t i = 1; i <= 10; ++i)
        tokens.failed(guesser(i), 1, kFirstTry + Duration{i});
    tokens.failed(guesser(11), 1, kFirstTry + Duration{11});
    CHECK_FALSE(tokens.slow(guesser(1), kFirstTry + Duration{11}));  // the oldest
    CHECK(tokens.slow(guesser(2), kFirstTry + Duration{11}));
    CHECK(tokens.slow(guesser(11), kFirstTry + Duration{11}));
}
