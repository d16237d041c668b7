// What a record holds: the addresses of one name, A and AAAA together, because they move as one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"

namespace understudy {

// Addresses of one name. Both lists are sorted and free of duplicates (normalise() sees to it), so
// that == compares record sets and not spellings.
struct AddressSet {
    std::vector<Ipv4> ipv4;
    std::vector<Ipv6> ipv6;

    bool empty() const { return ipv4.empty() && ipv6.empty(); }
    void normalise();
    friend bool operator==(const AddressSet&, const AddressSet&) = default;
};

AddressSet make_address_set(const std::optional<Ipv4>& ipv4, const std::optional<Ipv6>& ipv6);

// "192.0.2.10, 2001:db8::10"; kNoAddress for the empty set. parse_address_set() reads it back.
// People read that word; programs get null (view_parts.h, schema/notice.h).
inline constexpr std::string_view kNoAddress = "nothing";
std::string to_string(const AddressSet& addresses);
std::optional<AddressSet> parse_address_set(std::string_view text);

// Time to live. Automatic means that the provider chooses (Cloudflare's ttl 1).
struct Ttl {
    std::uint32_t seconds = 0;  // 0: automatic

    bool automatic() const { return seconds == 0; }
    friend bool operator==(const Ttl&, const Ttl&) = default;
};

std::string to_string(const Ttl& ttl);  // "60 s", "automatic"

// What a provider serves for one name. Both families share one TTL; a set whose records differ in
// TTL or in `proxied` is ambiguous and is refused by the provider's read (Errc::Conflict).
struct RecordState {
    AddressSet addresses;
    Ttl ttl;
    bool proxied = false;

    friend bool operator==(const RecordState&, const RecordState&) = default;
};

}  // namespace understudy
