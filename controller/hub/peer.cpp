#include "controller/hub/peer.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/ip_address.h"

namespace understudy {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

Peer Peer::from(const sockaddr* address) {
    Peer peer;
    if (address->sa_family == AF_INET) {
        sockaddr_in in{};
        std::memcpy(&in, address, sizeof in);
        std::ranges::copy(kMappedPrefix, peer.address.begin());
        std::memcpy(peer.address.data() + kMappedPrefix.size(), &in.sin_addr, 4);
        peer.port = ntohs(in.sin_port);
    } else if (address->sa_family == AF_INET6) {
        sockaddr_in6 in6{};
        std::memcpy(&in6, address, sizeof in6);
        std::memcpy(peer.address.data(), &in6.sin6_addr, 16);
        peer.port = ntohs(in6.sin6_port);
    }
    return peer;
}

bool Peer::is_ipv4() const {
    return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin());
}

std::string Peer::to_string() const {
    const std::string text = address_text();
    return (is_ipv4() ? text : "[" + text + "]") + ":" + std::to_string(port);
}

std::string Peer::address_text() const {
    if (!is_ipv4()) return understudy::to_string(Ipv6{address});
    Ipv4 ipv4;
    std::copy(address.begin() + 12, address.end(), ipv4.bytes.begin());
    return understudy::to_string(ipv4);
}

std::array<std::uint8_t, 16> Peer::group() const {
    auto group = address;
    if (!is_ipv4()) std::fill(group.begin() + 8, group.end(), std::uint8_t{0});
    return group;
}

}  // namespace understudy
