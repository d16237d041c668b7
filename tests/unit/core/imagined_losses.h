// What holds of every answer to "what if", whatever the fleet is like. Used by the random run,
// whose story must be the same with the question as without.
#pragma once

#include <doctest/doctest.h>

#include "tests/support/what_if_at_once.h"

namespace understudy {

// Every domain of a pool has one fate, nobody moves to the lost, and the short answer finds the
// same pools hit as the long one.
inline void check_imagined_losses(const Engine& engine, Instant now) {
    for (const WhatIfServer& row : what_if_each_lost(engine, now)) {
        const WhatIf found = what_if_lost(engine, {row.server}, now);
        std::size_t published = 0;
        for (const WhatIfPool& pool : found.pools) {
            const WhatIfCounts& of = pool.domains;
            CHECK(of.all() == engine.fleet().domains_of(pool.pool).size());
            CHECK(pool.waiting.best <= pool.waiting.worst);
            if (pool.fate == WhatIfPool::Fate::Moves) CHECK_FALSE(pool.to.has(row.server));
            published += pool.fate == WhatIfPool::Fate::Untouched ? 0 : 1;
        }
        CHECK(published == row.published);
    }
}

}  // namespace understudy
