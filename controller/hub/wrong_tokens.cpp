#include "controller/hub/wrong_tokens.h"

#include <algorithm>

namespace understudy {
namespace {

constexpr Duration kWindow{60'000};
// Even one token tried again and again is work.
constexpr int kRepeatsPerFailure = 20;

}  // namespace

bool WrongTokens::slow(const Address& address, Instant now) const {
    return now < address.window_end && address.failures >= limits_.per_minute;
}

bool WrongTokens::slow(const Peer& peer, Instant now) const {
    const auto found = addresses_.find(peer.group());
    return found != addresses_.end() && slow(found->second, now);
}

WrongTokens::Notable WrongTokens::failed(const Peer& peer, std::size_t token, Instant now) {
    forget(now);
    Address& address = addresses_[peer.group()];
    if (now >= address.window_end) address = {0, now + kWindow, {}};
    if (slow(address, now)) return Notable::Nothing;
    const int times = ++address.tokens[token];
    if (times <= limits_.per_token || times % kRepeatsPerFailure == 0) ++address.failures;
    if (slow(address, now)) {
        address.tokens.clear();
        return Notable::Address;
    }
    return times == 1 ? Notable::Token : Notable::Nothing;
}

std::size_t WrongTokens::most_of_one_address(Instant now) const {
    int most = 0;
    for (const auto& [group, address] : addresses_) {
        if (now < address.window_end) most = std::max(most, address.failures);
    }
    return static_cast<std::size_t>(most);
}

void WrongTokens::forget(Instant now) {
    if (addresses_.size() < limits_.addresses_remembered) return;
    std::erase_if(addresses_, [now](const auto& entry) { return now >= entry.second.window_end; });
    if (addresses_.size() < limits_.addresses_remembered) return;
    addresses_.erase(std::ranges::min_element(
        addresses_, {}, [](const auto& entry) { return entry.second.window_end; }));
}

}  // namespace understudy
