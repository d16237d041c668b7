// What is observed of each server: links, last seen, what the agent reports. Volatile on purpose:
// after a start nothing is believed (rule 8), so nothing of this is stored. Used by the engine
// only.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/undo_log.h"
#include "controller/core/input.h"
#include "controller/core/model.h"

namespace understudy {

struct Liveness {
    LinkId link = 0;
    bool linked = false;
    std::optional<Instant> last_seen;  // none: not since the controller started
    bool report_ok = true;
    std::string failing;                   // what the agent reports when not ok
    std::optional<Instant> healthy_since;  // linked, ok and never unseen for long, without a gap
    std::optional<Instant> down_since;     // not linked, or an error reported
    Departure departure = Departure::Closed;
    std::string departure_detail;
    Instant left_at{};  // when the last link ended
    // When its link came back, as far as it comes and goes: oldest first, not each of many.
    std::vector<Instant> returns;
    Duration shortest_timeout = Duration::max();  // of the pools it is a member of
    std::optional<double> load;                   // as its agent last said
};

Health health_of(const Liveness& liveness, Instant now, Duration health_timeout);

// "offline for 12.3 s: link closed", as status, log and mail say it.
std::string sentence_of(const Liveness& liveness, Instant now, Duration health_timeout);

// What a person is shown of it.
struct HealthView {
    Health health = Health::Unknown;
    std::string sentence;  // "offline for 12.3 s: link closed"
    std::optional<Duration> last_seen_ago;
    bool linked = false;
    std::optional<double> load;  // none: its agent has not said
};
HealthView health_view(const Server* server, const Liveness& liveness, Instant now,
                       Duration health_timeout);

// The book of all servers' liveness. Each call says whether health changed, so that the caller
// evaluates what depends on it.
class LivenessBook {
  public:
    LivenessBook(UndoLog& log, Duration health_timeout)
        : health_timeout_(health_timeout), book_(log) {}

    const Liveness& of(ServerId server) const;

    enum class Effect { None, Changed };
    Effect linked(const AgentLinked& input, Instant now);
    Effect seen(const AgentSeen& input, Instant now);
    Effect reported(const AgentReported& input, Instant now);
    Effect left(const AgentLeft& input, Instant now);
    void forget(ServerId server) { book_.erase(server); }
    // A pool judges the server by this timeout: a longer gap ends its health.
    void judged_by(ServerId server, Duration health_timeout);

  private:
    // Counts a frame. True when the server had been unseen for longer than any health timeout it is
    // judged by.
    bool touch(Liveness& liveness, Instant now) const;

    Duration health_timeout_;
    UndoMap<std::unordered_map<ServerId, Liveness>> book_;
};

}  // namespace understudy
