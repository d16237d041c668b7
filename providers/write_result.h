// What became of one call, as far as its answer tells.
#pragma once

#include <variant>

#include "base/result.h"

namespace understudy {

// How far a refusal reaches.
enum class RefusalScope {
    Call,       // credential, rate limit, zone: no write will pass now
    OneRecord,  // one of the records written; which one is not told
    Stale,      // the world is not as it was read: read again before judging
};

struct Written {};
// Nothing was applied.
struct Refused {
    Error error;
    RefusalScope scope = RefusalScope::Call;
    int code = 0;  // the service's own; 0: none
    // It may only mean that the credential does not see the thing that was asked for.
    bool may_hide = false;
};
// No usable answer: only reading back can tell.
struct Unknown {
    Error error;
    bool may_have_arrived = true;
};
// Applied, but not to what was meant. Never seen; worth an alarm if it is.
struct Misapplied {
    Error error;
};
using WriteResult = std::variant<Written, Refused, Unknown, Misapplied>;

}  // namespace understudy
