// Admission: how many connections may be between accept and hello, in all and from one address, and
// who is turned away for a while because logins from there keep failing. Used by AgentListener.
// Pure.
//
// In all: the hub stops accepting and the rest waits in the kernel, since many TLS handshakes at
// once cost far more than the same number one after the other. Per address: closed at once, or one
// host could hold every place.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/clock.h"
#include "controller/hub/peer.h"

namespace understudy {

struct AdmissionLimits {
    int total = 256;
    int per_address = 64;
    // Refused logins of one address within a minute. Generous: behind one address (NAT) may sit
    // many servers, and one agent with an old token must not lock out the others. It bounds the
    // work, not the guessing: tokens are 256 random bits.
    int failures_per_minute = 120;
    std::size_t addresses_remembered = 4096;
};

class Admission {
  public:
    explicit Admission(const AdmissionLimits& limits) : limits_(limits) {}

    enum class Verdict { Admit, TooManyFromAddress, TooManyFailures };
    // When it says Admit the connection is counted; finished() gives the place back.
    Verdict admit(const Peer& peer, Instant now);
    void finished(const Peer& peer);
    void failed(const Peer& peer, Instant now);  // a refused login; besides finished()

    bool full() const { return in_the_making_ >= limits_.total; }
    int in_the_making() const { return in_the_making_; }

  private:
    struct Address {
        int in_the_making = 0;
        int failures = 0;
        Instant window_end{};
    };
    using Group = std::array<std::uint8_t, 16>;
    void forget_idle(Instant now);

    AdmissionLimits limits_;
    int in_the_making_ = 0;
    std::map<Group, Address> addresses_;
};

}  // namespace understudy
