// Peer: the other end's address and port as a small value (18 bytes; kept for every link), or the
// user at the other end of a Unix socket. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>

struct sockaddr;

namespace understudy {

struct Peer {
    std::array<std::uint8_t, 16> address{};  // IPv4 as ::ffff:a.b.c.d
    std::uint16_t port = 0;

    static Peer from(const sockaddr* address);  // AF_INET or AF_INET6; anything else is all zero
    static Peer of_user(std::uint32_t uid);     // on this machine
    std::string to_string() const;              // "203.0.113.7:51514", "[2001:db8::1]:51514"
    std::string address_text() const;           // the same without port and brackets
    // Who is counted as one: an IPv4 address, the /64 of an IPv6 address (one customer's share), or
    // a user.
    std::array<std::uint8_t, 16> group() const;
    bool is_ipv4() const;
    bool is_user() const;
};

}  // namespace understudy
