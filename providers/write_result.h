// What became of one write, as far as its answers tell.
#pragma once

#include <utility>
#include <variant>
#include <vector>

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
    // Of several that were written at once: which of them it is about. Empty: not told.
    std::vector<bool> parts = {};
};
// No usable answer, or not all of it was applied: only reading back can tell.
struct Unknown {
    Error error;
    bool may_have_arrived = true;
    RefusalScope scope = RefusalScope::Call;  // what is left to do for others: after OneRecord, all
};
// Applied, but not to what was meant. Never seen; worth an alarm if it is.
struct Misapplied {
    Error error;
};
using WriteResult = std::variant<Written, Refused, Unknown, Misapplied>;

// Of a write that takes several calls: what the last one means for all of it. Once one of them was
// carried out it is no more true that nothing was applied.
inline WriteResult in_sequence(bool any_written, WriteResult last) {
    if (!any_written) return last;
    if (auto* refused = std::get_if<Refused>(&last))
        return Unknown{std::move(refused->error), true, refused->scope};
    if (auto* unknown = std::get_if<Unknown>(&last)) unknown->may_have_arrived = true;
    return last;
}

}  // namespace understudy
