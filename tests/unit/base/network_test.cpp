#include "base/network.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("a network is read as it is written, and nothing else is one") {
    for (const char* text : {"203.0.113.0/24", "203.0.113.7", "0.0.0.0/0", "2001:db8::/32",
                             "2001:db8::7", "::/0", "203.0.113.128/25"}) {
        CAPTURE(text);
        const auto network = parse_network(text);
        REQUIRE(network.has_value());
        CHECK(to_string(*network) == text);
    }
    for (const char* text :
         {"", "/24", "203.0.113.0/33", "203.0.113.7/24", "2001:db8::/129", "2001:db8::1/32",
          "203.0.113.0/", "203.0.113.0/-1", "localhost", "203.0.113.0/24/8", "203.0.113.0/2 4"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_network(text).has_value());
    }
}

TEST_CASE("an address is in a network by its first bits, in whichever spelling it comes") {
    const auto in = [](const char* network, const char* address) {
        return holds(*parse_network(network), *parse_either(address));
    };
    CHECK(in("203.0.113.0/25", "203.0.113.127"));
    CHECK_FALSE(in("203.0.113.0/25", "203.0.113.128"));
    CHECK(in("203.0.113.0/25", "::ffff:203.0.113.5"));
    CHECK(in("203.0.113.7", "203.0.113.7"));
    CHECK_FALSE(in("203.0.113.7", "203.0.113.6"));
    CHECK(in("0.0.0.0/0", "198.51.100.1"));
    CHECK_FALSE(in("0.0.0.0/0", "2001:db8::1"));
    CHECK(in("2001:db8::/32", "2001:db8:ffff::1"));
    CHECK_FALSE(in("2001:db8::/32", "2001:db9::1"));
    CHECK(holds(*parse_network("203.0.113.0/24"), *parse_network("203.0.113.64/26")));
    CHECK_FALSE(holds(*parse_network("203.0.113.64/26"), *parse_network("203.0.113.0/24")));
}
