// TSIG (RFC 8945): how messages are signed, and what the signature of an answer proves. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/dns_message.h"
#include "base/hmac.h"
#include "base/secret.h"

namespace understudy::rfc2136 {

struct Algorithm {
    std::string_view name;  // without the dot at its end
    Hash hash;
};
// None: it is not one that is offered.
std::optional<Algorithm> algorithm_named(std::string_view name);

struct Key {
    std::string name;  // small letters, without the dot at its end
    Algorithm algorithm;
    Secret secret;  // the bytes themselves
};

// Errors that stand in a TSIG itself (RFC 8945 3).
inline constexpr int kBadSig = 16, kBadKey = 17, kBadTime = 18, kBadTrunc = 22;

// How far the two clocks may be apart.
inline constexpr std::chrono::seconds kFudge{300};

struct Signed {
    std::string message;
    std::string mac;  // what the answer's signature covers as well
};
// request_mac: of the request that the message answers; a request has none.
Signed sign(std::string message, const Key& key, WallTime now, std::string_view request_mac = {});

struct Proof {
    enum class Of {
        Nothing,  // no signature: whoever is on the way may have written it
        Forgery,  // one that is not the server's answer to this very request
        Server,
    };
    Of of = Of::Nothing;
    std::string why = {};                      // a forgery, as the end of a sentence
    int error = 0;                             // in the TSIG; without a signature a mere claim
    std::optional<WallTime> server_time = {};  // of BADTIME
};
// `read`: the message as read_dns_message() has it.
Proof check(std::string_view message, const DnsMessage& read, const Key& key,
            std::string_view request_mac, WallTime now);

}  // namespace understudy::rfc2136
