// Steadiness: how often a server's state turned for the worse lately. Of one that comes and goes
// people are told the first few times; then that it does so, and its end. Volatile: after a start
// it is counted anew. Used by alarms.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>

#include "base/clock.h"
#include "base/ids.h"
#include "base/undo_log.h"
#include "controller/core/model.h"

namespace understudy {

struct SteadinessLimits {
    std::size_t turns = 5;  // for the worse, within the window: from then on it is restless
    Duration window{600'000};
};

class Steadiness {
  public:
    Steadiness(UndoLog& log, const SteadinessLimits& limits) : limits_(limits), book_(log) {}

    // The server's state, as people would be told it; call it at every look.
    void is(ServerId server, Alarm state, Instant now);
    // Until when it is restless, should nothing more happen; none: it is not.
    std::optional<Instant> restless_until(ServerId server, Instant now) const;
    // Turns for the worse since people were last told something of it.
    std::size_t untold(ServerId server) const;
    void told(ServerId server);
    void forget(ServerId server) { book_.erase(server); }

    const SteadinessLimits& limits() const { return limits_; }

  private:
    struct Entry {
        Alarm state = Alarm::None;
        std::deque<Instant> turns;  // the latest, as many as the limit
        std::size_t untold = 0;
    };
    SteadinessLimits limits_;
    UndoMap<std::unordered_map<ServerId, Entry>> book_;
};

// Down is worse than an error, which is worse than nothing.
bool worse(Alarm one, Alarm other);

}  // namespace understudy
