#include "agent/siblings/routes.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstring>
#include <memory>
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

bool same_address(const SocketAddress& one, const sockaddr* other) {
    if (other == nullptr || other->sa_family != one.storage.ss_family) return false;
    const bool v4 = other->sa_family == AF_INET;
    const void* ours = &one.storage;
    const auto* from = static_cast<const char*>(ours);
    const void* given = other;
    const auto* to = static_cast<const char*>(given);
    const std::size_t at = v4 ? offsetof(sockaddr_in, sin_addr) : offsetof(sockaddr_in6, sin6_addr);
    return std::memcmp(from + at, to + at, v4 ? sizeof(in_addr) : sizeof(in6_addr)) == 0;
}

// What is sent there would come from there.
bool reaches_itself(const SocketAddress& address) {
    const Descriptor made = datagram_socket(address);
    SocketAddress from;
    from.size = sizeof from.storage;
    void* any = &from.storage;
    return made && connect(made.get(), address.get(), address.size) == 0 &&
           getsockname(made.get(), static_cast<sockaddr*>(any), &from.size) == 0 &&
           same_address(address, from.get());
}

struct FreeInterfaces {
    void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

bool is_of_an_interface(const SocketAddress& address) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return false;
    const std::unique_ptr<ifaddrs, FreeInterfaces> owned{list};
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        if (same_address(address, each->ifa_addr)) return true;
    }
    return false;
}

}  // namespace

// A datagram socket's connect() asks the routing table.
bool no_route_to(const std::string& address) {
    const auto to = socket_address(address, kAnyPort);
    if (!to) return true;
    const Descriptor made = datagram_socket(*to);
    return !made || connect(made.get(), to->get(), to->size) != 0;
}

// bind() would not do: with ip_nonlocal_bind it takes every address. Nor do routes alone: what is
// sent to an interface's second address comes from its first.
bool is_own_address(const std::string& address) {
    const auto own = socket_address(address, kAnyPort);
    if (!own) return false;
    const auto v4 = parse_ipv4(address);
    const bool loopback = v4 && v4->bytes[0] == 127;
    return loopback || reaches_itself(*own) || is_of_an_interface(*own);
}

}  // namespace understudy
