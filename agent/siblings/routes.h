// What this machine's own network says of an address, without sending anything. Used by prober.h
// and attempt.h.
#pragma once

#include <string>

namespace understudy {

// Numeric addresses only; others have no route.
bool no_route_to(const std::string& address);
bool is_own_address(const std::string& address);

}  // namespace understudy
