#include "agent/siblings/willing.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/address_range.h"
#include "base/ip_address.h"

namespace understudy {
namespace {

// Where clouds tell a machine its secrets, among addresses that are otherwise merely private.
constexpr std::array<std::string_view, 2> kMetadata{"100.100.100.200", "fd00:ec2::254"};

template <typename Address>
std::string unwilling_to_reach(const Address& address, bool allow_private) {
    const AddressRange range = range_of(address);
    const bool fine = range.reach == Reach::Public ||
                      (allow_private && range.reach != Reach::Nobody &&
                       std::ranges::find(kMetadata, to_string(address)) == kMetadata.end());
    if (fine) return {};
    return to_string(address) + " is not a public address: " +
           (range.reach == Reach::Public ? std::string{"metadata"} : std::string{range.what});
}

std::string unwilling_to_reach(const std::string& address, bool allow_private) {
    if (const auto v4 = parse_ipv4(address)) return unwilling_to_reach(*v4, allow_private);
    if (const auto v6 = parse_ipv6(address)) return unwilling_to_reach(*v6, allow_private);
    return "the address is not numeric";
}

}  // namespace

std::string unwilling(const wire::Probe& probe, const ProbeSettings& settings) {
    if (!settings.enabled) return "this agent probes for nobody";
    if (probe.kind == wire::ProbeKind::Unknown) return "the kind of probe is unknown here";
    if (std::ranges::find(settings.ports, probe.port) == settings.ports.end())
        return "port " + std::to_string(probe.port) + " is not one this agent may probe";
    if (probe.fall > wire::kMostAttempts)
        return "more than " + std::to_string(wire::kMostAttempts) + " attempts are asked for";
    const auto whole =
        static_cast<std::int64_t>(probe.fast_interval_ms) * (probe.fall - 1) + probe.timeout_ms;
    if (whole > wire::kLongestProbe.count())
        return "it would take longer than " + to_text(wire::kLongestProbe);
    return unwilling_to_reach(probe.address, settings.allow_private);
}

}  // namespace understudy
