// ServerBudget: what one server's token may cause within a time, over all its links. Kept by
// AgentListener, used by AgentLink too. Pure.
#pragma once

#include "base/token_bucket.h"

namespace understudy {

// An agent that restarts, roams or is replaced stays far below both. Without a bound, whoever holds
// one token could fill the log and hold up everybody else's alarms.
inline constexpr Rate kLoginRate{20, 6.0F / 60};  // log-ins; beyond it: 429
// Changes between passing and failing checks; what comes faster is taken up as soon as the rate
// allows, the newest alone.
inline constexpr Rate kTurnRate{10, 6.0F / 60};

struct ServerBudget {
    explicit ServerBudget(Instant now) : logins(kLoginRate, now), turns(kTurnRate, now) {}

    TokenBucket logins;
    TokenBucket turns;
    bool slowed = false;  // and told so
};

}  // namespace understudy
