// WrongTokens: from which addresses more wrong tokens have come within a minute than mistakes
// explain, so that a listener can slow those down and say so once. A right token is never counted
// and never looked up here: behind one address (NAT, a proxy that ends TLS) may sit many, and who
// guesses there must be in nobody's way. It bounds the work, not the guessing: tokens are 256
// random bits. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "base/clock.h"
#include "controller/hub/peer.h"

namespace understudy {

struct WrongTokenLimits {
    int per_minute = 30;  // of one address, from which on it is slow
    int per_token = 6;    // one token counts so often: a script with an old one is no guesser
    std::size_t addresses_remembered = 4096;
};

class WrongTokens {
  public:
    explicit WrongTokens(const WrongTokenLimits& limits) : limits_(limits) {}

    // What is worth a line in the log: a token that is new here, or that its address is slow now.
    enum class Notable { Nothing, Token, Address };
    // `token`: a hash of it.
    Notable failed(const Peer& peer, std::size_t token, Instant now);
    bool slow(const Peer& peer, Instant now) const;

    const WrongTokenLimits& limits() const { return limits_; }
    std::size_t most_of_one_address(Instant now) const;

  private:
    struct Address {
        int failures = 0;
        Instant window_end{};
        std::map<std::size_t, int> tokens;  // how often each, while the address is not slow
    };
    bool slow(const Address& address, Instant now) const;
    void forget(Instant now);

    WrongTokenLimits limits_;
    std::map<std::array<std::uint8_t, 16>, Address> addresses_;
};

}  // namespace understudy
