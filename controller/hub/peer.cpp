#include "controller/hub/peer.h"

#include <algorithm>

#include "base/ip_address.h"
#include "base/socket_address.h"

namespace understudy {
namespace {

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
// Of ::/8, which is nobody's address. The user's number follows, within the first eight bytes.
constexpr std::array<std::uint8_t, 4> kUserPrefix{0, 'u', 'i', 'd'};

}  // namespace

Peer Peer::of_user(std::uint32_t uid) {
    Peer peer;
    std::ranges::copy(kUserPrefix, peer.address.begin());
    for (std::size_t i = 0; i < 4; ++i)
        peer.address[kUserPrefix.size() + i] = static_cast<std::uint8_t>(uid >> (24 - 8 * i));
    return peer;
}

bool Peer::is_user() const {
    return std::equal(kUserPrefix.begin(), kUserPrefix.end(), address.begin());
}

Peer Peer::from(const sockaddr* address) {
    Peer peer;
    const auto known = SocketAddress::from(address);
    if (!known) return peer;
    peer.port = known->port();
    if (const auto v4 = known->ipv4()) {
        std::ranges::copy(kMappedPrefix, peer.address.begin());
        std::ranges::copy(v4->bytes, peer.address.begin() + kMappedPrefix.size());
    } else {
        peer.address = known->ipv6()->bytes;
    }
    return peer;
}

bool Peer::is_ipv4() const {
    return std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.begin());
}

std::string Peer::to_string() const {
    if (is_user()) return address_text();
    const std::string text = address_text();
    return (is_ipv4() ? text : "[" + text + "]") + ":" + std::to_string(port);
}

std::string Peer::address_text() const {
    if (is_user()) {
        std::uint32_t uid = 0;
        for (std::size_t i = 0; i < 4; ++i)
            uid = (uid << 8) | address[kUserPrefix.size() + i];
        return "local:" + std::to_string(uid);
    }
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
