// Drill: a practice switch of a pool to a stand-by and back, as a value: the row it is while it
// lasts, and what history keeps of it. What happens in one is decided in drills.h.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/words.h"

namespace understudy {

enum class DrillPhase { Away, Home, Ended };
template <>
inline constexpr Words<DrillPhase, 3> kWordsOf<DrillPhase>{
    {{DrillPhase::Away, "away"}, {DrillPhase::Home, "home"}, {DrillPhase::Ended, "ended"}}};

enum class DrillResult {
    None,     // nothing speaks against it so far
    Passed,   // away and home again, confirmed, and the stand-by not lost meanwhile
    Failed,   // what a failover needs did not work
    Aborted,  // it says nothing: something else came first
};
template <>
inline constexpr Words<DrillResult, 4> kWordsOf<DrillResult>{{{DrillResult::None, "none"},
                                                              {DrillResult::Passed, "passed"},
                                                              {DrillResult::Failed, "failed"},
                                                              {DrillResult::Aborted, "aborted"}}};

// Names as they were: servers and pools may be gone when it is read.
struct Drill {
    DrillId id;
    PoolId pool;
    std::string pool_name;
    ServerId from, to;
    std::string from_name, to_name;
    std::string by;   // "admin token 'ops'"; of a scheduled one: the pool's schedule
    std::string why;  // in their words; may be empty
    bool scheduled = false;
    WallTime started{};
    WallTime home_since{};  // when it was switched back; the epoch: not yet
    WallTime ended{};       // the epoch: not yet
    DrillPhase phase = DrillPhase::Away;
    DrillResult result = DrillResult::None;  // beyond None before it has ended: why it goes home
    std::string reason;                      // a sentence; empty: it passed without a remark
    std::int64_t stay_s = 60;                // how long the stand-by has to serve
    std::int64_t estimate_ms = -1;           // what writing would take, as it was reckoned before
    std::int64_t epoch = 0;                  // of its pool, since the drill's own last switch
    // From each switch until all records were confirmed, and served by their name servers. -1: not
    // yet, or not proven.
    std::int64_t away_confirmed_ms = -1, away_served_ms = -1;
    std::int64_t home_confirmed_ms = -1, home_served_ms = -1;

    friend bool operator==(const Drill&, const Drill&) = default;
};

}  // namespace understudy
