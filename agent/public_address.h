// At which addresses others reach this machine, for heartbeats: the record of a server whose
// address may change follows them (docs/protocol.md).
#pragma once

#include <string>
#include <string_view>

namespace understudy {

// Numeric, or wire::kAddressOfLink; empty: not told.
struct PublicAddresses {
    std::string ipv4, ipv6;
};

inline constexpr std::string_view kPublicAddressOff = "off";
inline constexpr std::string_view kPublicAddressAuto = "auto";

// auto: what it has on the way out, where the world can reach that; else whatever the controller
// sees its link come from, as behind a router that translates. Another word: an interface, and what
// it has on the way out through that one; the controller knows what is no address for visitors.
PublicAddresses public_addresses(const std::string& setting);

}  // namespace understudy
