#include "base/address_range.h"

#include <doctest/doctest.h>

using namespace understudy;

namespace {

Reach reach_of(std::string_view text) {
    if (const auto ipv4 = parse_ipv4(text)) return range_of(*ipv4).reach;
    return range_of(parse_ipv6(text).value()).reach;
}

}  // namespace

TEST_CASE("address_range: what is in public use") {
    for (const char* text :
         {"1.1.1.1",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255",
          "100.128.0.0",     "126.255.255.255", "128.0.0.0",       "169.253.255.255",
          "172.15.255.255",  "172.32.0.0",      "191.255.255.255", "192.0.1.0",
          "192.0.3.0",       "192.88.98.255",   "192.167.255.255", "198.17.255.255",
          "198.20.0.0",      "198.51.101.0",    "203.0.112.255",   "223.255.255.255",
          "2000::",          "2001:200::1",     "2001:db7::1",     "2003::1",
          "2606:4700::1111", "3ffe::1",         "3fff:1000::1",    "64:ff9b::808:808"}) {
        CAPTURE(text);
        CHECK(reach_of(text) == Reach::Public);
    }
}

TEST_CASE("address_range: where no service can be") {
    for (const char* text : {"0.0.0.0",       "0.255.255.255",   "169.254.169.254",
                             "192.0.0.0",     "192.0.0.192",     "192.88.99.1",
                             "198.18.0.1",    "198.19.255.255",  "224.0.0.1",
                             "240.0.0.1",     "255.255.255.255", "::",
                             "::2",           "::7f00:1",        "::ffff:8.8.8.8",
                             "100::1",        "1000::1",         "4000::1",
                             "5f00::1",       "fe80::1",         "fec0::1",
                             "feff::1",       "ff02::1",         "2001::1",
                             "2001:2::1",     "2001:10::1",      "2001:1ff::1",
                             "2002:7f00:1::", "2002:808:808::1"}) {
        CAPTURE(text);
        CHECK(reach_of(text) == Reach::Nobody);
    }
}

TEST_CASE("address_range: an address within another counts") {
    for (const char* text : {"64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe",
                             "64:ff9b::c000:201", "2002:a00:1::", "::ffff:10.0.0.1"}) {
        CAPTURE(text);
        CHECK(reach_of(text) == Reach::Nobody);
    }
}

TEST_CASE("address_range: networks of one's own, and documents") {
    for (const char* text : {"10.0.0.1", "100.64.0.1", "172.16.0.1", "172.31.255.255",
                             "192.168.0.1", "fc00::1", "fdff::1", "64:ff9b:1::7f00:1"}) {
        CAPTURE(text);
        CHECK(reach_of(text) == Reach::Private);
    }
    for (const char* text :
         {"192.0.2.1", "198.51.100.255", "203.0.113.7", "2001:db8::1", "3fff::1", "3fff:fff::1"}) {
        CAPTURE(text);
        CHECK(reach_of(text) == Reach::Documentation);
    }
}

TEST_CASE("address_range: this machine itself, however it is written") {
    for (const char* text : {"127.0.0.1", "127.255.255.255", "::1", "0:0:0:0:0:0:0:1",
                             "::ffff:127.0.0.1", "localhost", "LOCALHOST", "LocalHost"}) {
        CAPTURE(text);
        CHECK(is_loopback(std::string_view{text}));
    }
    for (const char* text :
         {"", "128.0.0.1", "::2", "::127.0.0.1", "64:ff9b::7f00:1", "localhost.", "localhos",
          "localhost.example.org", "127.0.0.1.example.org", "127.1"}) {
        CAPTURE(text);
        CHECK_FALSE(is_loopback(std::string_view{text}));
    }
    CHECK(reach_of("127.0.0.1") == Reach::Loopback);
    CHECK(reach_of("::1") == Reach::Loopback);
}
