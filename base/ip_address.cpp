#include "base/ip_address.h"

#include <arpa/inet.h>

#include <cstring>

#include "base/address_range.h"

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

std::string_view unreachable(const AddressRange& range) {
    return range.reach == Reach::Documentation ? std::string_view{} : range.what;
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
    return unreachable(range_of(address));
}

std::string_view unreachable_reason(const Ipv6& address) {
    return unreachable(range_of(address));
}

Result<Ipv4> read_ipv4(std::string field, std::string_view text, bool allow_unreachable) {
    return read(std::move(field), text, parse_ipv4(text), "IPv4", "192.0.2.10", allow_unreachable);
}
Result<Ipv6> read_ipv6(std::string field, std::string_view text, bool allow_unreachable) {
    return read(std::move(field), text, parse_ipv6(text), "IPv6", "2001:db8::10",
                allow_unreachable);
}

}  // namespace understudy
