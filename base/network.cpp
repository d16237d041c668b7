#include "base/network.h"

#include <algorithm>
#include <array>

#include "base/address_bits.h"
#include "base/ascii.h"

namespace understudy {
namespace {

constexpr int kBitsOfIpv6 = 128;
constexpr int kBitsBeforeIpv4 = 96;
constexpr Ipv6 kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}};

bool is_mapped(const Ipv6& address) {
    return same_bits(address.bytes, kMapped.bytes, kBitsBeforeIpv4);
}

bool nothing_behind(const Network& network) {
    Ipv6 low = network.first;
    for (int bit = network.bits; bit < kBitsOfIpv6; ++bit) {
        auto& byte = low.bytes[static_cast<std::size_t>(bit / 8)];
        byte = static_cast<std::uint8_t>(byte & ~(0x80u >> (bit % 8)));
    }
    return low == network.first;
}

}  // namespace

std::optional<Ipv6> parse_either(std::string_view address) {
    const auto v4 = parse_ipv4(address);
    if (!v4) return parse_ipv6(address);
    Ipv6 mapped = kMapped;
    std::ranges::copy(v4->bytes, mapped.bytes.begin() + kBitsBeforeIpv4 / 8);
    return mapped;
}

std::optional<Network> parse_network(std::string_view text) {
    const auto slash = text.find('/');
    const std::string_view address = text.substr(0, slash);
    const auto first = parse_either(address);
    if (!first) return std::nullopt;
    Network network{*first};
    if (slash == std::string_view::npos) return network;
    const int before = parse_ipv4(address) ? kBitsBeforeIpv4 : 0;
    const auto bits = whole_number<std::int64_t>(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > kBitsOfIpv6 - before) return std::nullopt;
    network.bits = before + static_cast<int>(*bits);
    return nothing_behind(network) ? std::optional{network} : std::nullopt;
}

std::string to_string(const Network& network) {
    const bool mapped = is_mapped(network.first) && network.bits >= kBitsBeforeIpv4;
    std::string text = to_string(network.first);
    if (mapped) {
        Ipv4 v4;
        std::ranges::copy(network.first.bytes.begin() + kBitsBeforeIpv4 / 8,
                          network.first.bytes.end(), v4.bytes.begin());
        text = to_string(v4);
    }
    if (network.bits == kBitsOfIpv6) return text;
    return text + "/" + std::to_string(network.bits - (mapped ? kBitsBeforeIpv4 : 0));
}

bool holds(const Network& network, const Ipv6& address) {
    return same_bits(network.first.bytes, address.bytes, static_cast<std::size_t>(network.bits));
}

bool holds(const Network& outer, const Network& inner) {
    return outer.bits <= inner.bits && holds(outer, inner.first);
}

}  // namespace understudy
