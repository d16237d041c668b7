#include "controller/hub/admission.h"

#include "base/ensure.h"

namespace understudy {
namespace {

constexpr Duration kWindow{60'000};

}  // namespace

Admission::Verdict Admission::admit(const Peer& peer, Instant now) {
    forget_idle(now);
    Address& address = addresses_[peer.group()];
    if (address.in_the_making >= limits_.per_address) return Verdict::TooManyFromAddress;
    if (now < address.window_end && address.failures >= limits_.failures_per_minute) {
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

void Admission::failed(const Peer& peer, Instant now) {
    Address& address = addresses_[peer.group()];
    if (now >= address.window_end) {
        address.failures = 0;
        address.window_end = now + kWindow;
    }
    ++address.failures;
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
