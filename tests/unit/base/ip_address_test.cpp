#include "base/ip_address.h"

#include <doctest/doctest.h>

#include "base/cloudflare_edge.h"

using namespace understudy;

TEST_CASE("ip_address: IPv4 text is four decimal numbers") {
    CHECK(to_string(*parse_ipv4("192.0.2.10")) == "192.0.2.10");
    CHECK(to_string(*parse_ipv4("0.0.0.0")) == "0.0.0.0");
    for (const std::string& text :
         {std::string{}, std::string{"192.0.2"}, std::string{"192.0.2.256"},
          std::string{"192.0.2.1 "}, std::string{" 192.0.2.1"}, std::string{"192.0.2.010"},
          std::string{"0xc0.0.2.1"}, std::string{"192.0.2.1\0", 10}, std::string{"::1"}}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ipv4(text).has_value());
    }
}

TEST_CASE("ip_address: IPv6 is printed as RFC 5952 wants it") {
    CHECK(to_string(*parse_ipv6("2001:0DB8:0:0:0:0:0:10")) == "2001:db8::10");
    CHECK(to_string(*parse_ipv6("2001:db8:0:1:1:1:1:1")) == "2001:db8:0:1:1:1:1:1");
    CHECK(to_string(*parse_ipv6("2001:0:0:1:0:0:0:1")) == "2001:0:0:1::1");
    for (const char* text : {"", "2001:db8", "2001:db8::1%eth0", "[2001:db8::1]", "2001:db8:::1",
                             "2001:db8::g", "192.0.2.1"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ipv6(text).has_value());
    }
}

TEST_CASE("ip_address: they compare as bytes") {
    CHECK(*parse_ipv4("192.0.2.9") < *parse_ipv4("192.0.2.10"));
    CHECK(*parse_ipv6("2001:db8::1") == *parse_ipv6("2001:DB8:0::1"));
}

TEST_CASE("ip_address: Cloudflare's edge ends where its ranges do") {
    for (const char* text : {"173.245.48.0", "173.245.63.255", "104.16.0.1", "104.27.255.255",
                             "172.64.0.0", "172.71.255.255", "162.159.255.255", "131.0.75.255"}) {
        CAPTURE(text);
        CHECK(cloudflare_edge::has(*parse_ipv4(text)));
    }
    for (const char* text : {"173.245.64.0", "173.245.47.255", "104.15.255.255", "104.28.0.0",
                             "172.72.0.0", "162.160.0.0", "131.0.76.0", "203.0.113.9"}) {
        CAPTURE(text);
        CHECK_FALSE(cloudflare_edge::has(*parse_ipv4(text)));
    }
    for (const char* text : {"2606:4700::6810:1", "2400:cb00:ffff::1", "2a06:98c7::1"}) {
        CAPTURE(text);
        CHECK(cloudflare_edge::has(*parse_ipv6(text)));
    }
    for (const char* text : {"2606:4701::1", "2a06:98c8::1", "2001:db8::9"}) {
        CAPTURE(text);
        CHECK_FALSE(cloudflare_edge::has(*parse_ipv6(text)));
    }
}

TEST_CASE("ip_address: IPv4 addresses visitors cannot reach") {
    for (const char* text :
         {"0.1.2.3", "127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
          "169.254.1.1", "100.64.0.1", "100.127.0.1", "224.0.0.1", "255.255.255.255"}) {
        CAPTURE(text);
        CHECK_FALSE(unreachable_reason(*parse_ipv4(text)).empty());
    }
    for (const char* text : {"192.0.2.1", "198.51.100.1", "203.0.113.1", "8.8.8.8", "172.32.0.1",
                             "172.15.0.1", "100.128.0.1", "100.63.0.1", "223.255.255.255"}) {
        CAPTURE(text);
        CHECK(unreachable_reason(*parse_ipv4(text)).empty());
    }
}

TEST_CASE("ip_address: IPv6 addresses visitors cannot reach") {
    for (const char* text :
         {"::", "::1", "fe80::1", "febf::1", "fc00::1", "fdff::1", "ff02::1", "::ffff:192.0.2.1"}) {
        CAPTURE(text);
        CHECK_FALSE(unreachable_reason(*parse_ipv6(text)).empty());
    }
    for (const char* text : {"2001:db8::1", "2606:4700::1", "2003::1"}) {
        CAPTURE(text);
        CHECK(unreachable_reason(*parse_ipv6(text)).empty());
    }
}

TEST_CASE("ip_address: an operator's mistake is named with a remedy") {
    const auto bad = read_ipv4("servers[0].ipv4", "web1", false);
    REQUIRE_FALSE(bad.ok());
    CHECK(bad.error().field == "servers[0].ipv4");
    CHECK(bad.error().message.find("'web1'") != std::string::npos);
    CHECK(bad.error().remedy.find("192.0.2.10") != std::string::npos);

    CHECK_FALSE(read_ipv4("ipv4", "10.0.0.1", false).ok());
    CHECK(read_ipv4("ipv4", "10.0.0.1", true).ok());
    CHECK_FALSE(read_ipv6("ipv6", "fe80::1", false).ok());
    CHECK(to_string(*read_ipv6("ipv6", "2001:db8::10", false)) == "2001:db8::10");
}
