// Answers to "what if" in one go. The controller goes a bit at a time (what_if.h), for a fleet may
// be large.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "controller/core/engine.h"
#include "controller/core/engine_view.h"
#include "controller/core/what_if.h"

namespace understudy {

inline constexpr std::size_t kAllWork = std::numeric_limits<std::size_t>::max();

// Of these servers together; of each pool so many domains are named.
inline WhatIf what_if_lost(const Engine& engine, std::vector<ServerId> lost, Instant now,
                           std::size_t domains_named = 100) {
    what_if::LossWalk walk{std::move(lost), domains_named};
    Work all{kAllWork};
    REQUIRE(walk.go_on(engine.view(now), all));
    return walk.take();
}

// Of each server alone.
inline std::vector<WhatIfServer> what_if_each_lost(const Engine& engine, Instant now) {
    what_if::EachLossWalk walk;
    Work all{kAllWork};
    REQUIRE(walk.go_on(engine.view(now), all));
    return walk.take();
}

}  // namespace understudy
