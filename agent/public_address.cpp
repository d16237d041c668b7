#include "agent/public_address.h"

#include <optional>

#include "base/own_address.h"
#include "schema/wire.h"

namespace understudy {
namespace {

template <typename Address>
std::string text_if(const std::optional<Address>& own, bool told) {
    return own && told ? to_string(*own) : std::string{};
}

template <typename Address>
std::string public_only(const std::optional<Address>& own) {
    return text_if(own, own && unreachable_reason(*own).empty());
}

template <typename Address>
std::string missing(const std::string& family, const std::string& setting,
                    const std::optional<Address>& own) {
    if (!own) return "no " + family;
    const auto why = unreachable_reason(*own);
    if (setting != kPublicAddressAuto || why.empty()) return {};
    return family + " " + to_string(*own) + " is " + std::string{why};
}

}  // namespace

PublicAddresses public_addresses(const std::string& setting) {
    if (setting == kPublicAddressOff) return {};
    if (setting == kPublicAddressLink)
        return {std::string{wire::kAddressOfLink}, std::string{wire::kAddressOfLink}, {}};
    const bool any = setting == kPublicAddressAuto;
    const auto ipv4 = own_ipv4(any ? std::string{} : setting);
    const auto ipv6 = own_ipv6(any ? std::string{} : setting);
    PublicAddresses own;
    own.ipv4 = any ? public_only(ipv4) : text_if(ipv4, true);
    own.ipv6 = any ? public_only(ipv6) : text_if(ipv6, true);
    own.missing = missing("IPv4", setting, ipv4);
    const std::string other = missing("IPv6", setting, ipv6);
    if (!other.empty()) own.missing += (own.missing.empty() ? "" : ", ") + other;
    return own;
}

std::string sentence_of(const PublicAddresses& own) {
    std::string told = own.ipv4;
    if (!own.ipv6.empty() && own.ipv6 != told) told += (told.empty() ? "" : ", ") + own.ipv6;
    std::string text = "tells the controller ";
    text += told.empty() ? "no public address"
            : told == wire::kAddressOfLink
                ? "that its public address is the one its link comes from"
                : "its public address: " + told;
    return own.missing.empty() ? text : text + " (" + own.missing + ")";
}

}  // namespace understudy
