// This machine's addresses as the world outside would see them, were there no translation between.
// Nothing is sent to find them.
#pragma once

#include <optional>
#include <string>

#include "base/ip_address.h"

namespace understudy {

// Of the way out; with an interface, of the way out through that one. None: there is no such way.
std::optional<Ipv4> own_ipv4(const std::string& interface = {});
// One that lasts where there are temporary ones beside it.
std::optional<Ipv6> own_ipv6(const std::string& interface = {});

// The IPv4 address of the way out; the loopback address where there is none.
std::string own_address();

}  // namespace understudy
