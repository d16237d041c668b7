// IPv4 and IPv6 addresses as values: parsed strictly, compared as bytes, printed canonically.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace understudy {

struct Ipv4 {
    std::array<std::uint8_t, 4> bytes{};
    friend auto operator<=>(const Ipv4&, const Ipv4&) = default;
};

struct Ipv6 {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Ipv6&, const Ipv6&) = default;
};

// Strict text forms only: four decimal numbers; RFC 4291 text without scope id or brackets.
std::optional<Ipv4> parse_ipv4(std::string_view text);
std::optional<Ipv6> parse_ipv6(std::string_view text);
std::string to_string(const Ipv4& address);
std::string to_string(const Ipv6& address);  // RFC 5952

// Why an address cannot be reached by visitors ("private (RFC 1918)", "loopback", ...); empty: it
// can. Documentation ranges count as reachable: examples and tests live there.
std::string_view unreachable_reason(const Ipv4& address);
std::string_view unreachable_reason(const Ipv6& address);

// Address of a server as an operator typed it; the error names field, value and remedy.
Result<Ipv4> read_ipv4(std::string field, std::string_view text, bool allow_unreachable);
Result<Ipv6> read_ipv6(std::string field, std::string_view text, bool allow_unreachable);

}  // namespace understudy
