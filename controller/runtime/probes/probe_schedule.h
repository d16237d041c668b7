// ProbeSchedule: begins the probes of all jobs when they are due and makes of their answers what
// the engine is told (ServiceProbed). IPv4 decides; IPv6 is probed by the same rules and only
// recorded. Sans-I/O; loop thread only. Used by Probes.
//
// It doubts itself first: where it is behind with its probes, or its own system will not send them,
// it says that it has no word, and never that a server is dead.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/log_limit.h"
#include "base/random.h"
#include "controller/runtime/probes/probe_line.h"

namespace understudy {

// Since the start; for ControllerState.
struct ProbeCounters {
    std::uint64_t serves = 0, dead = 0, nothing = 0;  // probes over IPv4, by what they found
    std::uint64_t behind = 0;                         // begun too late to count
    std::size_t in_flight = 0;                        // now
};

class ProbeSchedule {
  public:
    // in_flight: so many at a time, of both families.
    ProbeSchedule(Outbound& outbound, TransferIds& ids, Random random, std::size_t in_flight)
        : outbound_(outbound), ids_(ids), random_(random), limit_(in_flight) {}

    // Takes up new jobs, spread over their interval, and forgets those that are gone. One whose
    // address or rules are as before goes on where it was.
    void plan(const ProbeJobs& jobs, Instant now);
    // It may be elsewhere now: what is under way to its old address is not answered for.
    void moved(const Server& server);
    // Something was heard of that server: see what its service does, at once.
    void ask(ServerId server, Instant now);
    // Begins what is due, as far as there is room.
    std::vector<ServiceProbed> start(Instant now);
    std::vector<ServiceProbed> finished(const TransferDone& done, Instant now);

    Instant next_deadline() const;  // kNever while there is no room: an answer makes some
    ProbeCounters counters() const;
    struct Findings {
        std::string service;
        ProbeFinding ipv4;
        std::optional<ProbeFinding> ipv6;
    };
    std::vector<Findings> findings(ServerId server) const;

  private:
    enum class Family { V4, V6 };
    struct Lane {
        ProbeKey key;
        Family family = Family::V4;
        std::string host;
        std::string address;
        ProbeLine line;
    };
    using LaneId = std::uint64_t;
    using Queue = std::set<std::pair<Instant, LaneId>>;

    using LaneOfKey = std::map<std::pair<ProbeKey, Family>, LaneId>;

    void take_up(const ProbeKey& key, const ProbeJob& job, Family family, std::string address,
                 Instant now);
    void forget(LaneId id);
    void enqueue(LaneId id);
    void dequeue(LaneId id);
    Queue& queue_of(const Lane& lane) { return lane.line.fast() ? fast_ : calm_; }
    std::optional<LaneId> next_due(Instant now) const;
    void begin(LaneId id, Instant now, std::vector<ServiceProbed>& said);
    void submit(TransferId id, const Lane& lane, const ProbeTarget& target, Instant start_by);
    void count(const ServiceAnswer& answer);
    void note_behind(Instant now);
    static ServiceProbed word(const Lane& lane, ProbeLine::Word found, Instant now);

    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    const std::size_t limit_;
    LogLimit behind_log_;
    LaneId last_lane_ = 0;
    LaneOfKey by_key_;
    std::unordered_map<LaneId, Lane> lanes_;
    Queue fast_;  // before the others: something may have changed there
    Queue calm_;
    std::unordered_map<TransferId, LaneId> in_flight_;
    ProbeCounters counters_;
};

}  // namespace understudy
