// At which addresses others reach this machine, for heartbeats: the record of a server whose
// address may change follows them (docs/protocol.md).
#pragma once

#include <string>
#include <string_view>

namespace understudy {

// Numeric, or wire::kAddressOfLink; empty: not told.
struct PublicAddresses {
    std::string ipv4, ipv6;
    std::string missing;  // why there is not one of each, for people
    friend bool operator==(const PublicAddresses&, const PublicAddresses&) = default;
};

inline constexpr std::string_view kPublicAddressOff = "off";
inline constexpr std::string_view kPublicAddressAuto = "auto";
inline constexpr std::string_view kPublicAddressLink = "link";

// auto: what it has on the way out, where the world can reach that; else nothing. link: whatever
// the controller sees its link come from, which is another's where anything stands between. Another
// word: an interface, and what it has on the way out through that one; the controller knows what is
// no address for visitors.
PublicAddresses public_addresses(const std::string& setting);

// "tells the controller its public address: 203.0.113.9 (no IPv6)", for the log.
std::string sentence_of(const PublicAddresses& own);

}  // namespace understudy
