// WhatIf: what would follow if some servers were lost now - the links of their agents and their
// services dead at once - while everything else stays as it is. Asked for by the API and by
// scenarios, between steps on the loop thread. Pure: it looks at a view and changes nothing, and
// costs a look at the pools the servers are in, and of those that publish them at each domain.
//
// The imagined loss itself is believed; doubts and overrides of the present moment hold what they
// would hold. Times count from the loss. Ids that nobody has are passed over.
//
// In a large fleet that is a long look: a walk does it a bit at a time (LossWalk, EachLossWalk),
// and steps may come in between. Each pool is then as it was when the walk came by; what is gone by
// then is passed over.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "controller/core/model.h"
#include "controller/core/restraint.h"
#include "controller/core/work.h"

namespace understudy {

struct EngineView;

struct WaitSpan {
    Duration best{0}, worst{0};
};

// A domain of a pool that published a lost server.
struct WhatIfDomain {
    enum class Fate {
        Moves,     // its record gets other addresses
        NotReady,  // so it does, but the server there is not ready for it (readiness.h)
        Unserved,  // nobody is left: the fallback's addresses, or the dead ones as before
        Blocked,   // somebody else changed its record (conflicts.h)
        Ignored,   // a person wants it left alone
        Same,      // its record holds that already, or its pool stays
    };
    std::string name;
    Fate fate = Fate::Same;
    std::string from, to;  // addresses, as the log has them
    std::string why;       // of what is not ready, blocked or ignored
};
template <>
inline constexpr Words<WhatIfDomain::Fate, 6> kWordsOf<WhatIfDomain::Fate>{
    {{WhatIfDomain::Fate::Moves, "moves"},
     {WhatIfDomain::Fate::NotReady, "not_ready"},
     {WhatIfDomain::Fate::Unserved, "unserved"},
     {WhatIfDomain::Fate::Blocked, "in_conflict"},
     {WhatIfDomain::Fate::Ignored, "ignored"},
     {WhatIfDomain::Fate::Same, "same"}}};

// How many domains each fate has.
struct WhatIfCounts {
    std::size_t moving = 0, unserved = 0, blocked = 0, ignored = 0, same = 0;
    std::size_t not_ready = 0;  // of those that move

    std::size_t all() const { return moving + unserved + blocked + ignored + same; }
};

// A pool with a lost member.
struct WhatIfPool {
    enum class Fate {
        Untouched,  // it publishes none of them
        Moves,      // to others
        Fallback,   // nobody is left: to the fallback address
        Outage,     // nobody is left: the records stay on the dead
        Stays,      // a person wants it so, or one that may be alive is waited for
    };
    PoolId pool;
    std::string name;
    Fate fate = Fate::Untouched;
    Target to;                       // of what moves
    std::string reason;              // "Primary server down"
    std::string from_text, to_text;  // both families, as the log has them
    WhatIfCounts domains;
    std::vector<WhatIfDomain> named;  // the first of them
    WaitSpan detection, waiting;      // until it is decided: one after the other
    std::optional<Restraint> held;    // what would keep it from that all the same
    bool dry_run = false;             // dry run: nothing is written
    int standby = 0;                  // healthy members that could still take over afterwards
};
template <>
inline constexpr Words<WhatIfPool::Fate, 5> kWordsOf<WhatIfPool::Fate>{
    {{WhatIfPool::Fate::Untouched, "untouched"},
     {WhatIfPool::Fate::Moves, "moves"},
     {WhatIfPool::Fate::Fallback, "fallback"},
     {WhatIfPool::Fate::Outage, "outage"},
     {WhatIfPool::Fate::Stays, "stays"}}};

// What would be written in one zone.
struct WhatIfZone {
    ProviderId provider;
    int records = 0;
    int addresses = 0;      // that change, at most
    std::uint32_t ttl = 0;  // the longest that resolvers may hold the old answer, in seconds
};

struct WhatIf {
    std::optional<Restraint> doubted;  // so many at once would look like our own network
    std::vector<WhatIfPool> pools;     // by name
    std::vector<WhatIfZone> zones;
};

// The same of one server, without a look at each domain: all of a pool's count.
struct WhatIfServer {
    ServerId server;
    std::string name;
    std::size_t published = 0;                                    // pools that publish it
    std::size_t moving = 0, unserved = 0, staying = 0, held = 0;  // domains
    std::size_t not_ready = 0;     // of those that move: to a server that is not ready for them
    std::size_t last_standby = 0;  // pools that would move and have no stand-by left then
    std::optional<Restraint> why;  // the first that holds: a doubt, a pause, a pool's hold
};

namespace what_if {

// No resolver need be waited for longer where the service chooses the TTL: Cloudflare's.
inline constexpr std::uint32_t kAutomaticTtl = 300;

// How writing is reckoned: a call is taken to last kCall; operations of one zone come one after the
// other, and of all zones so many are in flight (DispatcherLimits::operations_in_flight).
inline constexpr WaitSpan kCall{Duration{50}, Duration{2'000}};
inline constexpr int kOperationsAtOnce = 16;
inline constexpr int kReadings = 2;  // before a write and after it

// At one provider.
struct Calls {
    int all = 0, of_longest_zone = 0;
    // How many come one after the other.
    int turns() const {
        return std::max(of_longest_zone, (all + kOperationsAtOnce - 1) / kOperationsAtOnce);
    }
};

class DomainTally;
class ZoneTally;

// Of these servers together.
class LossWalk {
  public:
    // So many domains are named of each pool, and at most kNamedInAll of all.
    static constexpr std::size_t kNamedInAll = 2'000;
    LossWalk(std::vector<ServerId> lost, std::size_t domains_named);
    ~LossWalk();

    // A bit more. True: that was the last of it.
    bool go_on(const EngineView& view, Work& work);
    WhatIf take();  // then

  private:
    void begin(const EngineView& view);
    void judge_next(const EngineView& view);
    void count_domains(const EngineView& view, Work& work);

    std::vector<ServerId> lost_;  // sorted, once it has begun
    std::size_t named_, named_left_ = kNamedInAll;
    bool begun_ = false;
    std::vector<PoolId> pools_;
    std::size_t next_ = 0;
    std::unique_ptr<DomainTally> domains_;  // of the pool that was judged last; none: all counted
    std::unique_ptr<ZoneTally> zones_;
    WhatIf found_;
};

// Of each server alone, in the order of their ids.
class EachLossWalk {
  public:
    bool go_on(const EngineView& view, Work& work);  // as LossWalk has it
    std::vector<WhatIfServer> take() { return std::move(rows_); }

  private:
    void begin(const EngineView& view);
    void next_server(const EngineView& view);

    bool begun_ = false;
    std::optional<Restraint> held_;  // what held everything when it began
    std::vector<ServerId> servers_;  // still to come, the last first
    std::vector<PoolId> pools_;      // of the newest row, still to come
    std::vector<WhatIfServer> rows_;
};

// Until a pool's policy finds one of the lost down, and what it takes to notice at all
// (what_if_wait.cpp).
struct Wait {
    WaitSpan detection, waiting;
};
// lost: sorted.
Wait wait_for(const EngineView& view, const Pool& pool, ServerId server,
              std::span<const ServerId> lost);

}  // namespace what_if

}  // namespace understudy
