// How an address is told to be in a range: by its first bits. Used by the tables of ranges
// (address_range.cpp, cloudflare_edge.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace understudy {

// As many of the first bits are the same.
template <std::size_t N>
bool same_bits(const std::array<std::uint8_t, N>& one, const std::array<std::uint8_t, N>& other,
               std::size_t bits) {
    const std::size_t whole = bits / 8;
    if (std::memcmp(one.data(), other.data(), whole) != 0) return false;
    const std::size_t rest = bits % 8;
    return rest == 0 || ((one[whole] ^ other[whole]) >> (8 - rest)) == 0;
}

}  // namespace understudy
