#include "base/socket_address.h"

#include <netinet/in.h>

#include <cstring>

#include "base/descriptor.h"

namespace understudy {
namespace {

// RFC 5014, in the words of linux/in6.h, which does not go together with netinet/in.h.
constexpr int kAddressPreferences = 72;
constexpr int kPreferPublic = 0x0002;

template <typename System>
System read_as(const sockaddr_storage& storage) {
    System address{};
    std::memcpy(&address, &storage, sizeof address);
    return address;
}

template <typename Bytes>
Bytes bytes_at(const void* bytes) {
    Bytes address;
    std::memcpy(address.bytes.data(), bytes, address.bytes.size());
    return address;
}

std::optional<SocketAddress> name_of(int descriptor, int (*ask)(int, sockaddr*, socklen_t*)) {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    void* const any = &name;
    auto* const written = static_cast<sockaddr*>(any);
    if (ask(descriptor, written, &size) != 0) return std::nullopt;
    return SocketAddress::from(written);
}

}  // namespace

SocketAddress::SocketAddress(const Ipv4& address, std::uint16_t port) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.bytes.data(), address.bytes.size());
    std::memcpy(&storage_, &in, sizeof in);
}

SocketAddress::SocketAddress(const Ipv6& address, std::uint16_t port) {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(port);
    std::memcpy(&in.sin6_addr, address.bytes.data(), address.bytes.size());
    std::memcpy(&storage_, &in, sizeof in);
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view address, std::uint16_t port) {
    if (const auto v4 = parse_ipv4(address)) return SocketAddress{*v4, port};
    if (const auto v6 = parse_ipv6(address)) return SocketAddress{*v6, port};
    return std::nullopt;
}

std::optional<SocketAddress> SocketAddress::from(const sockaddr* address) {
    if (address == nullptr) return std::nullopt;
    SocketAddress made;
    if (address->sa_family == AF_INET) {
        std::memcpy(&made.storage_, address, sizeof(sockaddr_in));
    } else if (address->sa_family == AF_INET6) {
        std::memcpy(&made.storage_, address, sizeof(sockaddr_in6));
    } else {
        return std::nullopt;
    }
    return made;
}

std::optional<SocketAddress> SocketAddress::of_socket(int descriptor) {
    return name_of(descriptor, ::getsockname);
}

std::optional<SocketAddress> SocketAddress::peer_of_socket(int descriptor) {
    return name_of(descriptor, ::getpeername);
}

const sockaddr* SocketAddress::get() const {
    const void* const any = &storage_;
    return static_cast<const sockaddr*>(any);
}

socklen_t SocketAddress::size() const {
    return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

std::optional<Ipv4> SocketAddress::ipv4() const {
    if (family() != AF_INET) return std::nullopt;
    const auto in = read_as<sockaddr_in>(storage_);
    return bytes_at<Ipv4>(&in.sin_addr);
}

std::optional<Ipv6> SocketAddress::ipv6() const {
    if (family() != AF_INET6) return std::nullopt;
    const auto in = read_as<sockaddr_in6>(storage_);
    return bytes_at<Ipv6>(&in.sin6_addr);
}

std::uint16_t SocketAddress::port() const {
    return ntohs(family() == AF_INET ? read_as<sockaddr_in>(storage_).sin_port
                                     : read_as<sockaddr_in6>(storage_).sin6_port);
}

bool SocketAddress::same_address(const SocketAddress& other) const {
    return ipv4() == other.ipv4() && ipv6() == other.ipv6();
}

std::optional<SocketAddress> source_towards(const SocketAddress& address,
                                            const std::string& interface) {
    const Descriptor made{::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!made) return std::nullopt;
    const bool through = interface.empty() ||
                         ::setsockopt(made.get(), SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                                      static_cast<socklen_t>(interface.size())) == 0;
    // A temporary address is another one every day. Where the system does not know that, so be it.
    if (address.family() == AF_INET6)
        ::setsockopt(made.get(), IPPROTO_IPV6, kAddressPreferences, &kPreferPublic,
                     sizeof kPreferPublic);
    if (!through || ::connect(made.get(), address.get(), address.size()) != 0) return std::nullopt;
    return SocketAddress::of_socket(made.get());
}

}  // namespace understudy
