// ReadinessRounds: sweeps every member's domains again and again, so that it is known of each
// stand-by whether it could take them over (rule 14). Sans-I/O; loop thread only. Used by Probes.
//
// Slow and steady: so many probes a second for the whole fleet, one at a time of each server, some
// servers side by side, so that one which lets probes wait holds up no other. Where there is more
// to probe than that, a sweep comes round later than its interval.
#pragma once

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random.h"
#include "controller/runtime/probes/readiness_sweep.h"

namespace understudy {

struct ReadinessLimits {
    bool enabled = true;
    Duration interval{300'000};  // from one sweep of a server to the next
    int per_second = 50;         // probes, of all servers
    bool certificates = true;    // what is seen of their ends is told
};

// Whether a sweep by that policy sees the certificate that is shown at that port.
bool sees_certificates(const Policy& policy, std::uint16_t port);

class ReadinessRounds {
  public:
    ReadinessRounds(const Fleet& fleet, Outbound& outbound, TransferIds& ids, Random random,
                    const ReadinessLimits& limits)
        : fleet_(fleet), outbound_(outbound), ids_(ids), random_(random), limits_(limits) {}

    // Takes up new servers, soon, and those whose pools are others now; forgets who is in none.
    void plan(Instant now);
    // What was found of it last does not count: its next sweep is soon.
    void ask(ServerId server, Instant now);
    // It may be elsewhere now: what is under way to its old address is not answered for.
    void moved(const Server& server);
    void start(Instant now, WallTime wall);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, Instant now, WallTime wall);
    std::vector<Input> take_found() { return std::exchange(found_, {}); }
    Instant next_deadline() const;

  private:
    // What a sweep of it is made of: one that is under way is begun anew where this changes.
    struct Part {
        PoolId pool;
        std::string service;
        friend bool operator==(const Part&, const Part&) = default;
    };
    struct Known {
        std::string address;
        std::vector<Part> parts;
        std::size_t domains = 0;  // where it is another number, the next sweep is due soon
        Instant due{};
    };
    using Queue = std::set<std::pair<Instant, ServerId>>;

    std::map<ServerId, Known> wanted() const;
    Instant due_of(ServerId id, const Known& entry, Instant now);
    bool begin_one(Instant now);
    bool probe_one(Instant now, WallTime wall);
    void drop(ServerId server);
    Duration interval_after(const ReadinessFound& found) const;
    void end(ServerId server, Instant now, WallTime wall);

    const Fleet& fleet_;
    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    ReadinessLimits limits_;
    std::map<ServerId, Known> known_;
    Queue idle_;  // by when their next sweep is due
    std::map<ServerId, ReadinessSweep> sweeps_;
    Queue waiting_;  // of these, by when their next probe is
    std::unordered_map<TransferId, ServerId> in_flight_;
    std::vector<Input> found_;
    Instant window_ = Instant::min();  // its beginning
    int begun_ = 0;                    // in it
};

}  // namespace understudy
