// This machine's IPv4 address as the world outside would see it, were there no translation between.
#pragma once

#include <string>

namespace understudy {

// Of the way out; the loopback address where there is none. Nothing is sent.
std::string own_address();

}  // namespace understudy
