#include "base/own_address.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace understudy {
namespace {

// RFC 5014, in the words of linux/in6.h, which does not go together with netinet/in.h.
constexpr int kAddressPreferences = 72;
constexpr int kPreferPublic = 0x0002;

// A datagram socket that is connected has chosen its way and address, and nobody has heard of it.
template <typename Address>
bool choose_way(int family, Address& address, const std::string& interface) {
    const int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    const bool through =
        interface.empty() || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(),
                                        static_cast<socklen_t>(interface.size())) == 0;
    // A temporary address is another one every day. Where the system does not know that, so be it.
    if (family == AF_INET6) {
        const int lasting = kPreferPublic;
        setsockopt(fd, IPPROTO_IPV6, kAddressPreferences, &lasting, sizeof lasting);
    }
    const bool known = through && connect(fd, any, size) == 0 && getsockname(fd, any, &size) == 0;
    close(fd);
    return known;
}

}  // namespace

std::optional<Ipv4> own_ipv4(const std::string& interface) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(53);
    address.sin_addr.s_addr = htonl(INADDR_DUMMY);
    if (!choose_way(AF_INET, address, interface)) return std::nullopt;
    Ipv4 found;
    std::memcpy(found.bytes.data(), &address.sin_addr, found.bytes.size());
    return found;
}

std::optional<Ipv6> own_ipv6(const std::string& interface) {
    // Nobody's.
    static const Ipv6 kFar = parse_ipv6("2001:db8::1").value_or(Ipv6{});
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(53);
    std::memcpy(&address.sin6_addr, kFar.bytes.data(), kFar.bytes.size());
    if (!choose_way(AF_INET6, address, interface)) return std::nullopt;
    Ipv6 found;
    std::memcpy(found.bytes.data(), &address.sin6_addr, found.bytes.size());
    return found;
}

std::string own_address() {
    const auto own = own_ipv4();
    return own ? to_string(*own) : "127.0.0.1";
}

}  // namespace understudy
