#include "agent/public_address.h"

#include <optional>

#include "base/own_address.h"
#include "schema/wire.h"

namespace understudy {
namespace {

template <typename Address>
std::string reachable_or_link(const std::optional<Address>& own) {
    if (own && unreachable_reason(*own).empty()) return to_string(*own);
    return std::string{wire::kAddressOfLink};
}

}  // namespace

PublicAddresses public_addresses(const std::string& setting) {
    if (setting == kPublicAddressOff) return {};
    if (setting == kPublicAddressAuto)
        return {reachable_or_link(own_ipv4()), reachable_or_link(own_ipv6())};
    const auto ipv4 = own_ipv4(setting);
    const auto ipv6 = own_ipv6(setting);
    return {ipv4 ? to_string(*ipv4) : "", ipv6 ? to_string(*ipv6) : ""};
}

}  // namespace understudy
