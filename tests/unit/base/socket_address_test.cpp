#include "base/socket_address.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

using namespace understudy;

TEST_CASE("socket_address: IPv4 and IPv6 text become what the system wants") {
    const auto v4 = SocketAddress::parse("192.0.2.10", 8443);
    REQUIRE(v4);
    CHECK(v4->family() == AF_INET);
    REQUIRE(v4->size() == sizeof(sockaddr_in));
    sockaddr_in in{};
    std::memcpy(&in, v4->get(), sizeof in);
    CHECK(in.sin_family == AF_INET);
    CHECK(in.sin_port == htons(8443));
    CHECK(in.sin_addr.s_addr == htonl(0xc000020a));

    const auto v6 = SocketAddress::parse("2001:db8::10", 53);
    REQUIRE(v6);
    CHECK(v6->family() == AF_INET6);
    REQUIRE(v6->size() == sizeof(sockaddr_in6));
    sockaddr_in6 in6{};
    std::memcpy(&in6, v6->get(), sizeof in6);
    CHECK(in6.sin6_port == htons(53));
    CHECK(in6.sin6_addr.s6_addr[0] == 0x20);
    CHECK(in6.sin6_addr.s6_addr[15] == 0x10);
    CHECK(in6.sin6_scope_id == 0);

    for (const char* text : {"", "host.example", "192.0.2.256", "[2001:db8::1]", "fe80::1%eth0"}) {
        CAPTURE(text);
        CHECK_FALSE(SocketAddress::parse(text, 80));
    }
}

TEST_CASE("socket_address: what the system says is read back") {
    for (const char* text : {"203.0.113.7", "2001:db8::7"}) {
        const auto made = SocketAddress::parse(text, 65535);
        REQUIRE(made);
        const auto read = SocketAddress::from(made->get());
        REQUIRE(read);
        CHECK(read->port() == 65535);
        CHECK(read->ipv4() == parse_ipv4(text));
        CHECK(read->ipv6() == parse_ipv6(text));
    }
    CHECK_FALSE(SocketAddress::from(nullptr));
    sockaddr_un elsewhere{};
    elsewhere.sun_family = AF_UNIX;
    const void* const any = &elsewhere;
    CHECK_FALSE(SocketAddress::from(static_cast<const sockaddr*>(any)));
    CHECK_FALSE(SocketAddress::of_socket(-1));
}

TEST_CASE("socket_address: addresses are compared without their ports") {
    const SocketAddress one{Ipv4{{192, 0, 2, 10}}, 80};
    CHECK(one.same_address(SocketAddress{Ipv4{{192, 0, 2, 10}}, 443}));
    CHECK_FALSE(one.same_address(SocketAddress{Ipv4{{192, 0, 2, 11}}, 80}));
    CHECK_FALSE(one.same_address(*SocketAddress::parse("::ffff:192.0.2.10", 80)));
    const auto six = SocketAddress::parse("2001:db8::7", 1);
    CHECK(six->same_address(*SocketAddress::parse("2001:db8::7", 2)));
    CHECK_FALSE(six->same_address(*SocketAddress::parse("2001:db8::8", 1)));
}

TEST_CASE("socket_address: there is a way to this machine, and none to the broadcast address") {
    CHECK(source_towards(SocketAddress{Ipv4{{127, 0, 0, 1}}, 9}));
    // A socket that has not asked for it may not speak to all.
    CHECK_FALSE(source_towards(SocketAddress{Ipv4{{255, 255, 255, 255}}, 9}));
}
