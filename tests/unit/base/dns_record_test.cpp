#include "base/dns_record.h"

#include <doctest/doctest.h>

using namespace understudy;

TEST_CASE("dns_record: address sets compare content, not spelling") {
    AddressSet a;
    a.ipv4 = {*parse_ipv4("192.0.2.2"), *parse_ipv4("192.0.2.1"), *parse_ipv4("192.0.2.2")};
    a.ipv6 = {*parse_ipv6("2001:DB8::1"), *parse_ipv6("2001:db8:0::1")};
    a.normalise();
    CHECK(to_string(a) == "192.0.2.1, 192.0.2.2, 2001:db8::1");
    CHECK(parse_address_set("2001:db8::1,192.0.2.2, 192.0.2.1") == a);
}

TEST_CASE("dns_record: the empty set") {
    CHECK(AddressSet{}.empty());
    CHECK(to_string(AddressSet{}) == "nothing");
    CHECK(parse_address_set("nothing") == AddressSet{});
    CHECK(parse_address_set("") == AddressSet{});
}

TEST_CASE("dns_record: a set made of a server's addresses") {
    const auto ipv4 = parse_ipv4("192.0.2.10");
    const auto ipv6 = parse_ipv6("2001:db8::10");
    CHECK(to_string(make_address_set(ipv4, ipv6)) == "192.0.2.10, 2001:db8::10");
    CHECK(to_string(make_address_set(std::nullopt, ipv6)) == "2001:db8::10");
    CHECK(make_address_set(std::nullopt, std::nullopt).empty());
}

TEST_CASE("dns_record: what is no list of addresses is refused") {
    for (const char* text : {"192.0.2.1 192.0.2.2", "nothing, 192.0.2.1", "web1", ","}) {
        CAPTURE(text);
        CHECK_FALSE(parse_address_set(text).has_value());
    }
}

TEST_CASE("dns_record: times to live") {
    CHECK(to_string(Ttl{}) == "automatic");
    CHECK(to_string(Ttl{60}) == "60 s");
    CHECK(Ttl{}.automatic());
    CHECK_FALSE(Ttl{1}.automatic());
}
