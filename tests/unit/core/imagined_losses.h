// What holds of every answer to "what if", whatever the fleet is like. Used by the random run,
// whose story must be the same with the question as without.
#pragma once

#include <doctest/doctest.h>

#include "controller/core/engine.h"

namespace understudy {

// Every domain of a pool has one fate, nobody moves to the lost, and the short answer finds the
// same pools hit as the long one.
inline void check_imagined_losses(const Engine& engine, Instant now) {
    for (const WhatIfServer& row : engine.what_if_each(now)) {
        const WhatIf found = engine.what_if({row.server}, now);
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
