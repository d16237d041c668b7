// Where Cloudflare's edge answers: it shows a valid certificate for every name that is proxied, so
// an address there is no server of ours. https://www.cloudflare.com/ips/, 15 and 7 ranges.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ip_address.h"

namespace understudy::cloudflare_edge {

// The first bytes, the rest is zero; and how many bits of them count.
struct Range {
    std::array<std::uint8_t, 4> begins;
    int bits;
};

inline constexpr std::array<Range, 15> kIpv4{{{{173, 245, 48, 0}, 20},
                                              {{103, 21, 244, 0}, 22},
                                              {{103, 22, 200, 0}, 22},
                                              {{103, 31, 4, 0}, 22},
                                              {{141, 101, 64, 0}, 18},
                                              {{108, 162, 192, 0}, 18},
                                              {{190, 93, 240, 0}, 20},
                                              {{188, 114, 96, 0}, 20},
                                              {{197, 234, 240, 0}, 22},
                                              {{198, 41, 128, 0}, 17},
                                              {{162, 158, 0, 0}, 15},
                                              {{104, 16, 0, 0}, 13},
                                              {{104, 24, 0, 0}, 14},
                                              {{172, 64, 0, 0}, 13},
                                              {{131, 0, 72, 0}, 22}}};
inline constexpr std::array<Range, 7> kIpv6{{{{0x24, 0x00, 0xcb, 0x00}, 32},
                                             {{0x26, 0x06, 0x47, 0x00}, 32},
                                             {{0x28, 0x03, 0xf8, 0x00}, 32},
                                             {{0x24, 0x05, 0xb5, 0x00}, 32},
                                             {{0x24, 0x05, 0x81, 0x00}, 32},
                                             {{0x2a, 0x06, 0x98, 0xc0}, 29},
                                             {{0x2c, 0x0f, 0xf2, 0x48}, 32}}};

template <typename Address, typename Ranges>
constexpr bool in_any(const Address& address, const Ranges& ranges) {
    const auto first_bits = [](const auto& bytes) {
        return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U |
               std::uint32_t{bytes[2]} << 8U | std::uint32_t{bytes[3]};
    };
    return std::ranges::any_of(ranges, [&](const Range& range) {
        const auto others = static_cast<unsigned>(32 - range.bits);
        return (first_bits(address.bytes) ^ first_bits(range.begins)) >> others == 0;
    });
}

constexpr bool has(const Ipv4& address) {
    return in_any(address, kIpv4);
}
constexpr bool has(const Ipv6& address) {
    return in_any(address, kIpv6);
}

}  // namespace understudy::cloudflare_edge
