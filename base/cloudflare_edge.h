// Where Cloudflare's edge answers: it shows a valid certificate for every name that is proxied, so
// an address there is no server of ours. https://www.cloudflare.com/ips/, 15 and 7 ranges.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/address_bits.h"
#include "base/ip_address.h"

namespace understudy::cloudflare_edge {

template <std::size_t N>
struct Range {
    std::array<std::uint8_t, N> first;
    std::size_t bits;
};

inline constexpr std::array kIpv4{
    Range<4>{{173, 245, 48, 0}, 20},  Range<4>{{103, 21, 244, 0}, 22},
    Range<4>{{103, 22, 200, 0}, 22},  Range<4>{{103, 31, 4, 0}, 22},
    Range<4>{{141, 101, 64, 0}, 18},  Range<4>{{108, 162, 192, 0}, 18},
    Range<4>{{190, 93, 240, 0}, 20},  Range<4>{{188, 114, 96, 0}, 20},
    Range<4>{{197, 234, 240, 0}, 22}, Range<4>{{198, 41, 128, 0}, 17},
    Range<4>{{162, 158, 0, 0}, 15},   Range<4>{{104, 16, 0, 0}, 13},
    Range<4>{{104, 24, 0, 0}, 14},    Range<4>{{172, 64, 0, 0}, 13},
    Range<4>{{131, 0, 72, 0}, 22},
};
inline constexpr std::array kIpv6{
    Range<16>{{0x24, 0x00, 0xcb, 0x00}, 32}, Range<16>{{0x26, 0x06, 0x47, 0x00}, 32},
    Range<16>{{0x28, 0x03, 0xf8, 0x00}, 32}, Range<16>{{0x24, 0x05, 0xb5, 0x00}, 32},
    Range<16>{{0x24, 0x05, 0x81, 0x00}, 32}, Range<16>{{0x2a, 0x06, 0x98, 0xc0}, 29},
    Range<16>{{0x2c, 0x0f, 0xf2, 0x48}, 32},
};

inline bool has(const Ipv4& address) {
    return std::ranges::any_of(
        kIpv4, [&](const auto& each) { return same_bits(each.first, address.bytes, each.bits); });
}
inline bool has(const Ipv6& address) {
    return std::ranges::any_of(
        kIpv6, [&](const auto& each) { return same_bits(each.first, address.bytes, each.bits); });
}

}  // namespace understudy::cloudflare_edge
