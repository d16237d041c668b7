// Network: a range of addresses as people write it: "203.0.113.0/24", "2001:db8::/32", or one
// address. For whoever lets in by where a request comes from. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace understudy {

struct Network {
    Ipv6 first;  // of IPv4 as ::ffff:a.b.c.d
    int bits = 128;
    friend bool operator==(const Network&, const Network&) = default;
};

inline constexpr const char* kNetworkForms =
    "give an address or a network, as 203.0.113.7 or 2001:db8::/32, with nothing behind its prefix";

// None where bits behind the prefix are set: who writes 203.0.113.7/24 may mean the one or the all.
std::optional<Network> parse_network(std::string_view text);
std::string to_string(const Network& network);

// Of IPv4 as ::ffff:a.b.c.d, which is how a socket for both families may show it.
std::optional<Ipv6> parse_either(std::string_view address);
bool holds(const Network& network, const Ipv6& address);
bool holds(const Network& outer, const Network& inner);

}  // namespace understudy
