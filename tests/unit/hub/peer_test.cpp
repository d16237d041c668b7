#include "controller/hub/peer.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>

using namespace understudy;

namespace {

Peer ipv6_peer(const char* text) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(4711);
    REQUIRE(inet_pton(AF_INET6, text, &address.sin6_addr) == 1);
    return Peer::from(reinterpret_cast<sockaddr*>(&address));
}

}  // namespace

TEST_CASE("peer: an IPv4 socket address") {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(51514);
    REQUIRE(inet_pton(AF_INET, "203.0.113.7", &address.sin_addr) == 1);
    const Peer peer = Peer::from(reinterpret_cast<sockaddr*>(&address));
    CHECK(peer.to_string() == "203.0.113.7:51514");
    CHECK(peer.group() == peer.address);
}

TEST_CASE("peer: an IPv4 peer of an IPv6 socket is the same peer") {
    CHECK(ipv6_peer("::ffff:203.0.113.7").to_string() == "203.0.113.7:4711");
}

TEST_CASE("peer: IPv6 is grouped by its /64") {
    const Peer peer = ipv6_peer("2001:db8:1:2:3:4:5:6");
    CHECK(peer.to_string() == "[2001:db8:1:2:3:4:5:6]:4711");
    CHECK(peer.group() == ipv6_peer("2001:db8:1:2::9").group());
    CHECK(peer.group() != ipv6_peer("2001:db8:1:3::9").group());
}

TEST_CASE("peer: a user of this machine is counted by himself and is no address") {
    const Peer bob = Peer::of_user(1000);
    CHECK(bob.is_user());
    CHECK(bob.to_string() == "local:1000");
    CHECK(bob.group() == Peer::of_user(1000).group());
    CHECK(bob.group() != Peer::of_user(1001).group());
    CHECK(Peer::of_user(4'294'967'294).to_string() == "local:4294967294");
    CHECK_FALSE(ipv6_peer("::1").is_user());
    CHECK_FALSE(ipv6_peer("::ffff:203.0.113.7").is_user());
    CHECK_FALSE(Peer::of_user(0).is_ipv4());
}
