// Admission: who may be between accept and hello. Places bounds how many there are and ends those
// that only stand there; where wrong tokens abound (WrongTokens), an address' connections are taken
// as many a second as cost little. Used by AgentListener. Pure.
//
// In all: the hub stops accepting and the rest waits in the kernel, since many TLS handshakes at
// once cost far more than the same number one after the other.
//
// Nobody is shut out for what others do behind the same address (NAT, a proxy that ends TLS): a
// right token gives back what its connection took.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>

#include "base/clock.h"
#include "base/token_bucket.h"
#include "controller/hub/peer.h"
#include "controller/hub/places.h"
#include "controller/hub/wrong_tokens.h"

namespace understudy {

struct AdmissionLimits {
    // A handshake takes several round trips, each of which may take most of a second.
    PlaceLimits places{256, 64, Duration{3'000}};
    // A fleet behind one address may have many agents with an old token.
    WrongTokenLimits wrong_tokens{120};
    Rate slow{10, 10};  // connections of a slow address that have not shown a right token yet
};

class Admission {
  public:
    explicit Admission(const AdmissionLimits& limits)
        : limits_(limits), places_(limits.places), wrong_tokens_(limits.wrong_tokens) {}

    // Connections between accept and hello; admit() has to be asked before one is taken.
    Places& places() { return places_; }

    enum class Verdict { Admit, Crowded, TooManyFailures };
    struct Entry {
        Verdict verdict = Verdict::Admit;
        void* gives_way = nullptr;  // this owner's place is gone; its connection must go
    };
    Entry admit(const Peer& peer, Instant now);
    void proven(const Peer& peer, Instant now);  // its token is right
    WrongTokens::Notable failed(const Peer& peer, std::string_view token, Instant now);

    const Places& places() const { return places_; }
    const WrongTokens& wrong_tokens() const { return wrong_tokens_; }

  private:
    TokenBucket* slow_places(const Peer& peer, Instant now);

    AdmissionLimits limits_;
    Places places_;
    WrongTokens wrong_tokens_;
    std::map<std::array<std::uint8_t, 16>, TokenBucket> slow_;  // of every slow address
};

}  // namespace understudy
