#include "base/ip_address.h"

#include <arpa/inet.h>

#include <cstring>

namespace understudy {
namespace {

template <typename Address>
std::optional<Address> parse(int family, std::string_view text) {
    const std::string copy{text};
    if (copy.size() != std::strlen(copy.c_str())) return std::nullopt;  // an embedded NUL
    Address address;
    if (inet_pton(family, copy.c_str(), address.bytes.data()) != 1) return std::nullopt;
    return address;
}

template <typename Address>
std::string print(int family, const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> out{};
    inet_ntop(family, address.bytes.data(), out.data(), out.size());
    return out.data();
}

template <typename Address>
Result<Address> read(std::string field, std::string_view text, std::optional<Address> parsed,
                     const char* kind, const char* example, bool allow_unreachable) {
    if (!parsed) {
        return invalid(std::move(field),
                       "'" + std::string{text} + "' is not an " + kind + " address",
                       std::string{"give it like "} + example);
    }
    const auto reason = unreachable_reason(*parsed);
    if (!reason.empty() && !allow_unreachable) {
        return invalid(
            std::move(field),
            "'" + std::string{text} + "' is " + std::string{reason} + ": visitors cannot reach it",
            "give the public address, or set allow_private_addresses in the configuration");
    }
    return *parsed;
}

}  // namespace

std::optional<Ipv4> parse_ipv4(std::string_view text) {
    return parse<Ipv4>(AF_INET, text);
}
std::optional<Ipv6> parse_ipv6(std::string_view text) {
    return parse<Ipv6>(AF_INET6, text);
}
std::string to_string(const Ipv4& address) {
    return print(AF_INET, address);
}
std::string to_string(const Ipv6& address) {
    return print(AF_INET6, address);
}

std::string_view unreachable_reason(const Ipv4& address) {
    const auto& b = address.bytes;
    if (b[0] == 0) return "of the 'this network' range";
    if (b[0] == 127) return "loopback";
    if (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168)) {
        return "private (RFC 1918)";
    }
    if (b[0] == 169 && b[1] == 254) return "link-local";
    if (b[0] == 100 && (b[1] & 0xc0) == 64) return "carrier-grade NAT space (RFC 6598)";
    if (b[0] >= 224) return "multicast or reserved";
    return {};
}

std::string_view unreachable_reason(const Ipv6& address) {
    const auto& b = address.bytes;
    if (address == Ipv6{}) return "the unspecified address";
    Ipv6 loopback;
    loopback.bytes[15] = 1;
    if (address == loopback) return "loopback";
    if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) return "link-local (needs a scope)";
    if ((b[0] & 0xfe) == 0xfc) return "a unique local address (RFC 4193)";
    if (b[0] == 0xff) return "multicast";
    constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::memcmp(b.data(), kMapped.data(), kMapped.size()) == 0) return "an IPv4-mapped address";
    return {};
}

Result<Ipv4> read_ipv4(std::string field, std::string_view text, bool allow_unreachable) {
    return read(std::move(field), text, parse_ipv4(text), "IPv4", "192.0.2.10", allow_unreachable);
}
Result<Ipv6> read_ipv6(std::string field, std::string_view text, bool allow_unreachable) {
    return read(std::move(field), text, parse_ipv6(text), "IPv6", "2001:db8::10",
                allow_unreachable);
}

}  // namespace understudy
