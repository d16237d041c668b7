// SocketAddress: an IP address and a port as the system's calls want them. A small value.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace understudy {

class SocketAddress {
  public:
    SocketAddress(const Ipv4& address, std::uint16_t port);
    SocketAddress(const Ipv6& address, std::uint16_t port);
    // Strict text forms only (ip_address.h); none: it is neither.
    static std::optional<SocketAddress> parse(std::string_view address, std::uint16_t port);
    // What the system says; none: of another family, or nothing at all.
    static std::optional<SocketAddress> from(const sockaddr* address);
    // A socket's own end, and the other one.
    static std::optional<SocketAddress> of_socket(int descriptor);
    static std::optional<SocketAddress> peer_of_socket(int descriptor);

    int family() const { return storage_.ss_family; }
    const sockaddr* get() const;
    socklen_t size() const;

    std::optional<Ipv4> ipv4() const;
    std::optional<Ipv6> ipv6() const;
    std::uint16_t port() const;
    // Whatever their ports are.
    bool same_address(const SocketAddress& other) const;

  private:
    SocketAddress() = default;

    sockaddr_storage storage_{};
};

// Where what is sent to that address would come from; with an interface, through that one. None:
// the system would not even try, for there is no route, or no address of its own to come from.
// Nothing is sent: a datagram socket's connect() asks the routing table. A router's word arrives
// later, and is about the other end.
std::optional<SocketAddress> source_towards(const SocketAddress& address,
                                            const std::string& interface = {});

}  // namespace understudy
