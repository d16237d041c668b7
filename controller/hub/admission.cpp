#include "controller/hub/admission.h"

#include <functional>

#include "base/ensure.h"

namespace understudy {
namespace {

constexpr Duration kWindow{60'000};
// Even one token tried again and again is work.
constexpr int kRepeatsPerFailure = 20;

}  // namespace

Admission::Verdict Admission::admit(const Peer& peer, Instant now) {
    forget_idle(now);
    Address& address = addresses_[peer.group()];
    if (address.in_the_making >= limits_.per_address) return Verdict::TooManyFromAddress;
    if (slow(address, now) && !address.places.take(limits_.slow, now)) {
        return Verdict::TooManyFailures;
    }
    ++address.in_the_making;
    ++in_the_making_;
    return Verdict::Admit;
}

void Admission::finished(const Peer& peer) {
    const auto found = addresses_.find(peer.group());
    ensure(found != addresses_.end() && found->second.in_the_making > 0);
    --found->second.in_the_making;
    --in_the_making_;
    if (found->second.in_the_making == 0 && found->second.failures == 0) addresses_.erase(found);
}

bool Admission::slow(const Address& address, Instant now) const {
    return now < address.window_end && address.failures >= limits_.failures_per_minute;
}

void Admission::proven(const Peer& peer, Instant now) {
    const auto found = addresses_.find(peer.group());
    if (found != addresses_.end() && slow(found->second, now)) {
        found->second.places.give_back(limits_.slow);
    }
}

Admission::Notable Admission::failed(const Peer& peer, std::string_view token, Instant now) {
    Address& address = addresses_[peer.group()];
    if (now >= address.window_end) {
        address.failures = 0;
        address.tokens.clear();
        address.window_end = now + kWindow;
    }
    if (slow(address, now)) return Notable::Nothing;
    const int times = ++address.tokens[std::hash<std::string_view>{}(token)];
    const bool counts = times <= limits_.failures_per_token || times % kRepeatsPerFailure == 0;
    if (counts) ++address.failures;
    if (slow(address, now)) {
        address.places = TokenBucket{limits_.slow, now};
        return Notable::Address;
    }
    return times == 1 ? Notable::Token : Notable::Nothing;
}

void Admission::forget_idle(Instant now) {
    if (addresses_.size() < limits_.addresses_remembered) return;
    std::erase_if(addresses_, [now](const auto& entry) {
        return entry.second.in_the_making == 0 && now >= entry.second.window_end;
    });
    if (addresses_.size() < limits_.addresses_remembered) return;
    std::erase_if(addresses_, [](const auto& entry) { return entry.second.in_the_making == 0; });
}

}  // namespace understudy
