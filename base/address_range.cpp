#include "base/address_range.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/address_bits.h"
#include "base/ascii.h"

namespace understudy {
namespace {

template <std::size_t N>
struct Range {
    std::array<std::uint8_t, N> first{};
    std::size_t bits = 0;
    Reach reach = Reach::Public;
    std::string_view what;
};

// https://www.iana.org/assignments/iana-ipv4-special-registry, all that is not globally reachable.
constexpr std::array kIpv4 = {
    Range<4>{{0}, 8, Reach::Nobody, "of the 'this network' range"},
    Range<4>{{10}, 8, Reach::Private, "private (RFC 1918)"},
    Range<4>{{100, 64}, 10, Reach::Private, "carrier-grade NAT space (RFC 6598)"},
    Range<4>{{127}, 8, Reach::Loopback, "loopback"},
    Range<4>{{169, 254}, 16, Reach::Nobody, "link-local"},
    Range<4>{{172, 16}, 12, Reach::Private, "private (RFC 1918)"},
    Range<4>{{192, 0, 0}, 24, Reach::Nobody, "for protocols of the IETF (RFC 6890)"},
    Range<4>{{192, 0, 2}, 24, Reach::Documentation, "for documentation (RFC 5737)"},
    Range<4>{{192, 88, 99}, 24, Reach::Nobody, "a former 6to4 relay (RFC 7526)"},
    Range<4>{{192, 168}, 16, Reach::Private, "private (RFC 1918)"},
    Range<4>{{198, 18}, 15, Reach::Nobody, "for benchmarks (RFC 2544)"},
    Range<4>{{198, 51, 100}, 24, Reach::Documentation, "for documentation (RFC 5737)"},
    Range<4>{{203, 0, 113}, 24, Reach::Documentation, "for documentation (RFC 5737)"},
    Range<4>{{224}, 3, Reach::Nobody, "multicast or reserved"},
};

// https://www.iana.org/assignments/iana-ipv6-special-registry, the same. The first that fits
// counts: outside of 2000::/3 nothing is in public use.
constexpr std::array kIpv6 = {
    Range<16>{{}, 128, Reach::Nobody, "the unspecified address"},
    Range<16>{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, Reach::Loopback, "loopback"},
    Range<16>{
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, Reach::Nobody, "an IPv4-mapped address"},
    Range<16>{{}, 96, Reach::Nobody, "an IPv4-compatible address (RFC 4291, withdrawn)"},
    Range<16>{{0x00, 0x64, 0xff, 0x9b, 0, 1},
              48,
              Reach::Private,
              "for translators of one's own (RFC 8215)"},
    Range<16>{{0x01, 0x00}, 64, Reach::Nobody, "for discarding (RFC 6666)"},
    Range<16>{{0x5f, 0x00}, 16, Reach::Nobody, "for segment routing (RFC 9602)"},
    Range<16>{{0xfc}, 7, Reach::Private, "a unique local address (RFC 4193)"},
    Range<16>{{0xfe, 0x80}, 10, Reach::Nobody, "link-local (needs a scope)"},
    Range<16>{{0xfe, 0xc0}, 10, Reach::Nobody, "site-local (RFC 3879, withdrawn)"},
    Range<16>{{0xff}, 8, Reach::Nobody, "multicast"},
    Range<16>{{0x20, 0x01, 0x0d, 0xb8}, 32, Reach::Documentation, "for documentation (RFC 3849)"},
    Range<16>{{0x20, 0x01, 0, 0}, 32, Reach::Nobody, "a Teredo address (RFC 4380)"},
    Range<16>{{0x20, 0x01}, 23, Reach::Nobody, "for protocols of the IETF (RFC 2928)"},
    Range<16>{{0x20, 0x02}, 16, Reach::Nobody, "a 6to4 address (RFC 7526, withdrawn)"},
    Range<16>{{0x3f, 0xff}, 20, Reach::Documentation, "for documentation (RFC 9637)"},
    Range<16>{{0x20}, 3, Reach::Public, {}},
};

template <std::size_t N>
bool holds(const Range<N>& range, const std::array<std::uint8_t, N>& bytes) {
    return same_bits(range.first, bytes, range.bits);
}

Ipv4 last_four(const Ipv6& address) {
    Ipv4 inner;
    std::memcpy(inner.bytes.data(), address.bytes.data() + 12, inner.bytes.size());
    return inner;
}

// RFC 6052: a translator carries on to the IPv4 address in the last four bytes.
bool is_translated(const Ipv6& address) {
    constexpr Range<16> kNat64{{0x00, 0x64, 0xff, 0x9b}, 96, Reach::Public, {}};
    return holds(kNat64, address.bytes);
}

}  // namespace

AddressRange range_of(const Ipv4& address) {
    for (const auto& range : kIpv4) {
        if (holds(range, address.bytes)) return {range.reach, range.what};
    }
    return {};
}

AddressRange range_of(const Ipv6& address) {
    if (is_translated(address)) {
        const AddressRange inner = range_of(last_four(address));
        if (inner.reach == Reach::Public) return inner;
        return {Reach::Nobody, "a translated address (RFC 6052) of one that is not public"};
    }
    for (const auto& range : kIpv6) {
        if (holds(range, address.bytes)) return {range.reach, range.what};
    }
    return {Reach::Nobody, "reserved: public addresses are in 2000::/3"};
}

bool is_loopback(const Ipv4& address) {
    return range_of(address).reach == Reach::Loopback;
}

bool is_loopback(const Ipv6& address) {
    constexpr Range<16> kMapped{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, Reach::Nobody, {}};
    if (holds(kMapped, address.bytes)) return is_loopback(last_four(address));
    return range_of(address).reach == Reach::Loopback;
}

bool is_loopback(std::string_view host) {
    if (const auto ipv4 = parse_ipv4(host)) return is_loopback(*ipv4);
    if (const auto ipv6 = parse_ipv6(host)) return is_loopback(*ipv6);
    return same_ignoring_case(host, "localhost");
}

}  // namespace understudy
