#include "base/own_address.h"

#include <cstdint>

#include "base/socket_address.h"

namespace understudy {
namespace {

constexpr std::uint16_t kAnyPort = 53;
// Nobody's: RFC 7600 (the dummy address), and one for documentation.
constexpr const char* kFarIpv4 = "192.0.0.8";
constexpr const char* kFarIpv6 = "2001:db8::1";

std::optional<SocketAddress> own(const char* far, const std::string& interface) {
    const auto there = SocketAddress::parse(far, kAnyPort);
    return there ? source_towards(*there, interface) : std::nullopt;
}

}  // namespace

std::optional<Ipv4> own_ipv4(const std::string& interface) {
    const auto found = own(kFarIpv4, interface);
    return found ? found->ipv4() : std::nullopt;
}

std::optional<Ipv6> own_ipv6(const std::string& interface) {
    const auto found = own(kFarIpv6, interface);
    return found ? found->ipv6() : std::nullopt;
}

std::string own_address() {
    const auto found = own_ipv4();
    return found ? to_string(*found) : "127.0.0.1";
}

}  // namespace understudy
