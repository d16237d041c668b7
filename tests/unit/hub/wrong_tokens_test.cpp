#include "controller/hub/wrong_tokens.h"

#include <doctest/doctest.h>

using namespace understudy;
using Notable = WrongTokens::Notable;

namespace {

constexpr Instant kStart{Duration{1'000'000}};
constexpr Duration kMinute{60'000};

Peer peer(std::uint8_t last) {
    Peer peer;
    peer.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, last};
    return peer;
}

}  // namespace

TEST_CASE("wrong tokens: many of one address make it slow for the rest of the minute") {
    WrongTokens tokens{WrongTokenLimits{3, 6, 100}};
    CHECK(tokens.failed(peer(1), 1, kStart) == Notable::Token);
    CHECK(tokens.failed(peer(1), 2, kStart) == Notable::Token);
    CHECK_FALSE(tokens.slow(peer(1), kStart));
    CHECK(tokens.failed(peer(1), 3, kStart) == Notable::Address);
    CHECK(tokens.failed(peer(1), 4, kStart) == Notable::Nothing);
    CHECK(tokens.slow(peer(1), kStart + kMinute - Duration{1}));
    CHECK_FALSE(tokens.slow(peer(2), kStart));
    CHECK_FALSE(tokens.slow(peer(1), kStart + kMinute));
    CHECK(tokens.failed(peer(1), 4, kStart + kMinute) == Notable::Token);
}

TEST_CASE("wrong tokens: an old one tried again and again is one line, and counts for little") {
    WrongTokens tokens{WrongTokenLimits{30, 6, 100}};
    CHECK(tokens.failed(peer(1), 7, kStart) == Notable::Token);
    for (int i = 0; i < 199; ++i)
        CHECK(tokens.failed(peer(1), 7, kStart) == Notable::Nothing);
    CHECK_FALSE(tokens.slow(peer(1), kStart));
    CHECK(tokens.most_of_one_address(kStart) == 16);
    for (int i = 0; i < 1'000; ++i)
        tokens.failed(peer(1), 7, kStart);
    CHECK(tokens.slow(peer(1), kStart));  // so often it is work all the same
}

TEST_CASE("wrong tokens: a bounded number of addresses is remembered") {
    WrongTokens tokens{WrongTokenLimits{1, 1, 10}};
    for (std::uint8_t i = 1; i <= 10; ++i)
        tokens.failed(peer(i), 1, kStart + Duration{i});
    tokens.failed(peer(11), 1, kStart + Duration{11});
    CHECK_FALSE(tokens.slow(peer(1), kStart + Duration{11}));  // the oldest
    CHECK(tokens.slow(peer(2), kStart + Duration{11}));
    CHECK(tokens.slow(peer(11), kStart + Duration{11}));
}
