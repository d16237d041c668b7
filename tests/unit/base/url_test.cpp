#include "base/url.h"

#include <doctest/doctest.h>

#include <string>

using namespace understudy;

namespace {

std::string parts_of(std::string_view url) {
    const auto parts = split_url(url);
    if (!parts) return "none";
    return std::string{parts->scheme} + " " + std::string{parts->authority} + " " +
           std::string{parts->rest};
}

std::string host_and_port(std::string_view authority) {
    const auto parts = split_authority(authority);
    if (!parts) return "none";
    return (parts->bracketed ? "bracketed " : "") + std::string{parts->host} + " " +
           std::string{parts->port};
}

}  // namespace

TEST_CASE("a URL falls into scheme, authority and what follows") {
    CHECK(parts_of("https://h.example:8443/a/b?c=d#e") == "https h.example:8443 /a/b?c=d#e");
    CHECK(parts_of("HTTP://u:p@h") == "HTTP u:p@h ");
    CHECK(parts_of("http://h?u=http://x/y") == "http h ?u=http://x/y");
    CHECK(parts_of("http://h#/x") == "http h #/x");
    CHECK(parts_of("https:///x") == "https  /x");
    CHECK(parts_of("://") == "  ");
    CHECK(parts_of("h.example/x") == "none");
    CHECK(parts_of("") == "none");
}

TEST_CASE("an authority falls into host and port, an IPv6 address without its brackets") {
    CHECK(host_and_port("h.example") == "h.example ");
    CHECK(host_and_port("h.example:8443") == "h.example 8443");
    CHECK(host_and_port("[2001:db8::7]:1") == "bracketed 2001:db8::7 1");
    CHECK(host_and_port("[::1]") == "bracketed ::1 ");
    CHECK(host_and_port("[]") == "bracketed  ");
    CHECK(host_and_port(":443") == " 443");
    CHECK(host_and_port("h:8x") == "h 8x");
    CHECK(host_and_port("") == " ");
    for (const char* broken : {"[::1", "[", "[::1]x", "[::1]:", "h:", ":"}) {
        CAPTURE(std::string{broken});
        CHECK(host_and_port(broken) == "none");
    }
}

TEST_CASE("a port is a number from 1 to 65535") {
    CHECK(read_port("1") == 1);
    CHECK(read_port("65535") == 65535);
    CHECK(read_port("0443") == 443);
    for (const char* none : {"", "0", "65536", "-1", "+1", " 1", "1 ", "8x", "99999999999"}) {
        CAPTURE(std::string{none});
        CHECK_FALSE(read_port(none));
    }
}
