#include "agent/siblings/routes.h"

#include <ifaddrs.h>
#include <sys/socket.h>

#include <cstdint>
#include <memory>

#include "base/socket_address.h"

namespace understudy {
namespace {

constexpr std::uint16_t kAnyPort = 9;

// What is sent there would come from there.
bool reaches_itself(const SocketAddress& address) {
    const auto from = source_towards(address);
    return from && address.same_address(*from);
}

struct FreeInterfaces {
    void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

bool is_of_an_interface(const SocketAddress& address) {
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0) return false;
    const std::unique_ptr<ifaddrs, FreeInterfaces> owned{list};
    for (const ifaddrs* each = list; each != nullptr; each = each->ifa_next) {
        const auto theirs = SocketAddress::from(each->ifa_addr);
        if (theirs && address.same_address(*theirs)) return true;
    }
    return false;
}

}  // namespace

bool no_route_to(const std::string& address) {
    const auto to = SocketAddress::parse(address, kAnyPort);
    return !to || !source_towards(*to);
}

// bind() would not do: with ip_nonlocal_bind it takes every address. Nor do routes alone: what is
// sent to an interface's second address comes from its first.
bool is_own_address(const std::string& address) {
    const auto own = SocketAddress::parse(address, kAnyPort);
    if (!own) return false;
    const auto v4 = own->ipv4();
    const bool loopback = v4 && v4->bytes[0] == 127;
    return loopback || reaches_itself(*own) || is_of_an_interface(*own);
}

}  // namespace understudy
