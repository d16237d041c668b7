#include "agent/public_address.h"

#include <optional>

#include "base/own_address.h"
#include "schema/wire.h"

namespace understudy {
namespace {

// What is told of one family; else why there is nothing, added to `missing`.
template <typename Address>
std::string told_of(const std::string& family, const std::optional<Address>& own, bool public_only,
                    std::string& missing) {
    const auto why = own && public_only ? unreachable_reason(*own) : std::string_view{};
    if (own && why.empty()) return to_string(*own);
    missing += missing.empty() ? "" : ", ";
    missing += own ? family + " " + to_string(*own) + " is " + std::string{why} : "no " + family;
    return {};
}

}  // namespace

PublicAddresses public_addresses(const std::string& setting) {
    if (setting == kPublicAddressOff) return {};
    if (setting == kPublicAddressLink)
        return {std::string{wire::kAddressOfLink}, std::string{wire::kAddressOfLink}, {}};
    const bool usual = setting == kPublicAddressAuto;
    const std::string interface = usual ? std::string{} : setting;
    PublicAddresses own;
    own.ipv4 = told_of("IPv4", own_ipv4(interface), usual, own.missing);
    own.ipv6 = told_of("IPv6", own_ipv6(interface), usual, own.missing);
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
