#include "agent/siblings/routes.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

#include "agent/reactor.h"
#include "base/ip_address.h"

namespace understudy {
namespace {

constexpr in_port_t kAnyPort = 9;

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    const sockaddr* get() const {
        const void* any = &storage;
        return static_cast<const sockaddr*>(any);
    }
};

std::optional<SocketAddress> socket_address(const std::string& address, in_port_t port) {
    SocketAddress made;
    if (const auto v4 = parse_ipv4(address)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        std::memcpy(&to.sin_addr, v4->bytes.data(), v4->bytes.size());
        made.size = sizeof to;
        std::memcpy(&made.storage, &to, sizeof to);
        return made;
    }
    const auto v6 = parse_ipv6(address);
    if (!v6) return std::nullopt;
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    to.sin6_port = htons(port);
    std::memcpy(&to.sin6_addr, v6->bytes.data(), v6->bytes.size());
    made.size = sizeof to;
    std::memcpy(&made.storage, &to, sizeof to);
    return made;
}

Descriptor datagram_socket(const SocketAddress& address) {
    return Descriptor{socket(address.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
}

}  // namespace

// A datagram socket's connect() asks the routing table.
bool no_route_to(const std::string& address) {
    const auto to = socket_address(address, kAnyPort);
    if (!to) return true;
    const Descriptor made = datagram_socket(*to);
    return !made || connect(made.get(), to->get(), to->size) != 0;
}

// Only one's own can be bound.
bool is_own_address(const std::string& address) {
    const auto own = socket_address(address, 0);
    if (!own) return false;
    const Descriptor made = datagram_socket(*own);
    return made && bind(made.get(), own->get(), own->size) == 0;
}

}  // namespace understudy
