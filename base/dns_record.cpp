#include "base/dns_record.h"

#include <algorithm>

#include "base/text.h"

namespace understudy {
namespace {

template <typename T>
void sort_unique(std::vector<T>& list) {
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

void AddressSet::normalise() {
    sort_unique(ipv4);
    sort_unique(ipv6);
}

AddressSet make_address_set(const std::optional<Ipv4>& ipv4, const std::optional<Ipv6>& ipv6) {
    AddressSet set;
    if (ipv4) set.ipv4.push_back(*ipv4);
    if (ipv6) set.ipv6.push_back(*ipv6);
    return set;
}

std::string to_string(const AddressSet& addresses) {
    if (addresses.empty()) return std::string{kNoAddress};
    std::string out;
    const auto add = [&out](const std::string& text) { add_item(out, text); };
    for (const auto& address : addresses.ipv4)
        add(to_string(address));
    for (const auto& address : addresses.ipv6)
        add(to_string(address));
    return out;
}

std::optional<AddressSet> parse_address_set(std::string_view text) {
    AddressSet set;
    if (text == kNoAddress || text.empty()) return set;
    while (!text.empty()) {
        const auto comma = text.find(',');
        std::string_view one = text.substr(0, comma);
        while (one.starts_with(' '))
            one.remove_prefix(1);
        if (const auto ipv4 = parse_ipv4(one)) {
            set.ipv4.push_back(*ipv4);
        } else if (const auto ipv6 = parse_ipv6(one)) {
            set.ipv6.push_back(*ipv6);
        } else {
            return std::nullopt;
        }
        text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    }
    set.normalise();
    return set;
}

std::string to_string(const Ttl& ttl) {
    return ttl.automatic() ? "automatic" : std::to_string(ttl.seconds) + " s";
}

}  // namespace understudy
