// Addresses that only stand in documents (RFC 5737, 3849, 9637): nobody ever answers there.
#pragma once

#include "base/ip_address.h"

namespace understudy {

bool is_documentation(const Ipv4& address);
bool is_documentation(const Ipv6& address);

}  // namespace understudy
