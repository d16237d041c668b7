// What kind of address an address is: the whole of IANA's special-purpose registries for IPv4 and
// IPv6, with multicast and what has been withdrawn. The one place that knows; pure.
#pragma once

#include <string_view>

#include "base/ip_address.h"

namespace understudy {

enum class Reach {
    Public,         // by everybody
    Documentation,  // by nobody; examples and tests live there
    Loopback,       // this machine
    Private,        // networks of one's own
    Nobody          // no service can be there for us: link-local, multicast, reserved, withdrawn
};

struct AddressRange {
    Reach reach = Reach::Public;
    std::string_view what;  // "private (RFC 1918)"; empty for public ones
};

// An IPv6 address that holds an IPv4 address (RFC 6052) is public only when that one is. Those of
// 6to4, Teredo and ::ffff:0:0/96 never are.
AddressRange range_of(const Ipv4& address);
AddressRange range_of(const Ipv6& address);

// 127.0.0.0/8, ::1, and the former in an IPv4-mapped address, as sockets for both families show it.
bool is_loopback(const Ipv4& address);
bool is_loopback(const Ipv6& address);
// Text: an address without brackets, or "localhost" in any case.
bool is_loopback(std::string_view host);

}  // namespace understudy
