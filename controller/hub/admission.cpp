#include "controller/hub/admission.h"

#include <functional>

namespace understudy {

// None where the address is not slow.
TokenBucket* Admission::slow_places(const Peer& peer, Instant now) {
    const auto found = slow_.find(peer.group());
    if (found == slow_.end()) return nullptr;
    if (wrong_tokens_.slow(peer, now)) return &found->second;
    slow_.erase(found);
    return nullptr;
}

Admission::Entry Admission::admit(const Peer& peer, Instant now) {
    TokenBucket* places = slow_places(peer, now);
    if (places != nullptr && !places->take(limits_.slow, now)) {
        return {Verdict::TooManyFailures, nullptr};
    }
    const Places::Room room = places_.make_room(peer, now);
    return {room.admitted ? Verdict::Admit : Verdict::Crowded, room.gives_way};
}

void Admission::proven(const Peer& peer, Instant now) {
    if (TokenBucket* places = slow_places(peer, now)) places->give_back(limits_.slow);
}

WrongTokens::Notable Admission::failed(const Peer& peer, std::string_view token, Instant now) {
    const auto notable = wrong_tokens_.failed(peer, std::hash<std::string_view>{}(token), now);
    if (notable != WrongTokens::Notable::Address) return notable;
    if (slow_.size() >= limits_.wrong_tokens.addresses_remembered) slow_.clear();
    slow_.insert_or_assign(peer.group(), TokenBucket{limits_.slow, now});
    return notable;
}

}  // namespace understudy
