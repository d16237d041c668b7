// Admission: how many connections may be between accept and hello, in all and from one address, and
// whose connections are taken slowly because log-ins from there keep failing. Used by
// AgentListener. Pure.
//
// In all: the hub stops accepting and the rest waits in the kernel, since many TLS handshakes at
// once cost far more than the same number one after the other. Per address: closed at once, or one
// host could hold every place.
//
// Nobody is shut out for what others do behind the same address (NAT, a proxy that ends TLS): a
// right token never counts, and where wrong ones abound, connections are still taken, as many a
// second as cost little. It bounds the work, not the guessing: tokens are 256 random bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "base/clock.h"
#include "base/token_bucket.h"
#include "controller/hub/peer.h"

namespace understudy {

struct AdmissionLimits {
    int total = 256;
    int per_address = 64;
    // Refused log-ins of one address within a minute, from which on it is slow.
    int failures_per_minute = 120;
    // One token counts so often of those: an agent with an old one must not slow down the others.
    int failures_per_token = 6;
    Rate slow{10, 10};  // connections of a slow address that have not shown a right token yet
    std::size_t addresses_remembered = 4096;
};

class Admission {
  public:
    explicit Admission(const AdmissionLimits& limits) : limits_(limits) {}

    enum class Verdict { Admit, TooManyFromAddress, TooManyFailures };
    // When it says Admit the connection is counted; finished() gives the place back.
    Verdict admit(const Peer& peer, Instant now);
    void finished(const Peer& peer);
    void proven(const Peer& peer, Instant now);  // its token is right
    // A refused log-in; besides finished(). What is worth a line in the log.
    enum class Notable { Nothing, Token, Address };
    Notable failed(const Peer& peer, std::string_view token, Instant now);

    bool full() const { return in_the_making_ >= limits_.total; }
    int in_the_making() const { return in_the_making_; }

  private:
    struct Address {
        int in_the_making = 0;
        int failures = 0;
        Instant window_end{};
        std::map<std::size_t, int> tokens;  // wrong ones, by hash, while they are few
        TokenBucket places{{}, {}};         // while slow
    };
    using Group = std::array<std::uint8_t, 16>;
    bool slow(const Address& address, Instant now) const;
    void forget_idle(Instant now);

    AdmissionLimits limits_;
    int in_the_making_ = 0;
    std::map<Group, Address> addresses_;
};

}  // namespace understudy
