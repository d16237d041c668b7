// Replay: recorded sightings through the production engine under some policy, on a virtual clock,
// to see when it would have switched. Pure; used by the API, off the loop thread.
//
// What is played: agents' links and reports, what observers said, silences, starts of the
// controller. What is not: what
// people ordered and forced meanwhile, stalls, and witnesses, which count as answering. Every write
// is confirmed at once. The fleet is as it is now, with every pool at home before the beginning.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "controller/core/change.h"
#include "controller/core/engine.h"

namespace understudy::replay {

// Agents' heartbeats and deadlines are steps too; about so many take a second.
inline constexpr std::size_t kMostSteps = 1'000'000;

struct Sighting {
    ServerId server;  // none: about the controller
    Sight sight = Sight::Linked;
    WallTime at{};
    Observer observer = {};
};

struct Settings {
    EngineTimings timings;
    Policy default_policy;
    std::map<PoolId, Policy> policies;  // in place of a pool's own
    WallTime since{};                   // moves from then on are answered
    WallTime until{};
    std::size_t most_steps = kMostSteps;
    std::function<bool()> given_up = {};  // asked at every step; true: the story ends there
};

struct Move {
    WallTime at{};
    PoolId pool;
    bool away = false;  // from what the pool publishes when everybody is healthy
    std::string from;   // addresses
    std::string to;
    std::string reason;
    friend bool operator==(const Move&, const Move&) = default;
};

struct Story {
    std::vector<Move> moves;  // in order of time
    WallTime until{};         // how far it was played
    bool cut = false;         // that is less far than asked: the steps were used up
};

// What the engine holds now, for run().
Snapshot snapshot_of(const Fleet& fleet);

// sightings: oldest first. Those of before `since` say how the servers stood at the beginning.
Story run(const Snapshot& fleet, std::span<const Sighting> sightings, const Settings& settings);

enum class Differs { NotSwitched, Later, Earlier, Additional };

struct Difference {
    Differs how = Differs::NotSwitched;
    Move move;                   // the usual one; of Additional: the other
    std::optional<WallTime> at;  // Later, Earlier: when instead
};

// What the other story does otherwise, in order of time. Times less than a second apart are equal.
std::vector<Difference> compare(std::span<const Move> usual, std::span<const Move> other);

}  // namespace understudy::replay

template <>
inline constexpr understudy::Words<understudy::replay::Differs, 4>
    understudy::kWordsOf<understudy::replay::Differs>{
        {{understudy::replay::Differs::NotSwitched, "not_switched"},
         {understudy::replay::Differs::Later, "later"},
         {understudy::replay::Differs::Earlier, "earlier"},
         {understudy::replay::Differs::Additional, "additional"}}};
