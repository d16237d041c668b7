#include "providers/halfway.h"

#include <algorithm>

namespace understudy {
namespace {

template <typename Address>
bool is_in(const std::vector<Address>& set, const Address& address) {
    return std::ranges::find(set, address) != set.end();
}

// In the order in which records are changed (record_changes.h) their number never leaves the two
// numbers at the ends, and what stays is never away: an address beside, or none, is a person's.
template <typename Address>
bool is_on_the_way(const std::vector<Address>& now, const std::vector<Address>& from,
                   const std::vector<Address>& to) {
    const auto [fewest, most] = std::minmax({from.size(), to.size()});
    return fewest <= now.size() && now.size() <= most &&
           std::ranges::all_of(
               now, [&](const Address& each) { return is_in(from, each) || is_in(to, each); }) &&
           std::ranges::all_of(
               from, [&](const Address& each) { return !is_in(to, each) || is_in(now, each); });
}

// Of one family; `known`: what it had, was to have and shall have.
template <typename Address>
bool may_be_ours(const Capabilities& can, const std::vector<Address>& now,
                 const std::vector<std::vector<Address>>& known) {
    if (std::ranges::find(known, now) != known.end()) return true;
    if (can.whole_sets) return false;
    return std::ranges::any_of(known, [&](const auto& from) {
        return std::ranges::any_of(known,
                                   [&](const auto& to) { return is_on_the_way(now, from, to); });
    });
}

}  // namespace

bool may_be_halfway(const Capabilities& can, const RecordReplacement& replacement,
                    const AddressSet& present) {
    if (can.whole_names || present.empty()) return false;
    std::vector<std::vector<Ipv4>> ipv4{replacement.wanted.ipv4};
    std::vector<std::vector<Ipv6>> ipv6{replacement.wanted.ipv6};
    for (const auto& content : replacement.acceptable) {
        ipv4.push_back(content.ipv4);
        ipv6.push_back(content.ipv6);
    }
    return may_be_ours(can, present.ipv4, ipv4) && may_be_ours(can, present.ipv6, ipv6);
}

}  // namespace understudy
