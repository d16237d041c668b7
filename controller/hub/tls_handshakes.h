// Handshakes: counts the TLS handshakes that fail, and remembers the last, so that an operator sees
// here why an agent there never comes. Watches OpenSSL's contexts by themselves: a connection whose
// handshake fails never becomes one for the rest of the hub. Loop thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

struct ssl_ctx_st;

namespace understudy {

struct FailedHandshake {
    WallTime at{};
    std::string peer;    // "203.0.113.7:51514"
    std::string reason;  // a sentence
};

struct HandshakeFailures {
    std::uint64_t count = 0;
    std::optional<FailedHandshake> last;
};

class Handshakes {
  public:
    explicit Handshakes(HandshakeFailures& failures) : failures_(failures) {}
    // Of every connection made with the context, which this outlives.
    void watch(ssl_ctx_st* context);

  private:
    struct Attempt;
    struct Hooks;
    void failed(const Attempt& attempt);

    HandshakeFailures& failures_;
    Instant next_line_{};
    std::uint64_t untold_ = 0;
};

}  // namespace understudy
