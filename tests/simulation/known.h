// What the ledger lets an auditor say of a server in a pool, with certainty or not at all: what he
// says here the engine must know as well, but not the other way round. For the invariants.
#pragma once

#include <optional>

#include "tests/simulation/ledger.h"

namespace understudy::simulation::known {

// For what takes no time by the rules: one turn, and the rounding of deadlines.
inline constexpr Duration kSlack{2'000};

// Since when it is healthy and may be chosen; kNever: it is not, or nobody can say.
Instant healthy_since(const Ledger& ledger, const Pool& pool, ServerId id, Instant now);

// How many of the pool's domains it could not take over, and since when that is so; none: nobody
// can say.
std::optional<Readied> readied(const Ledger& ledger, const Pool& pool, ServerId id);

// Its link is up, its checks pass and no observer says anything else; or its link was lost, and all
// observers of its service have found it serving since, and say so now.
bool serves_for_all(const Ledger& ledger, const Pool& pool, ServerId id, Instant now);

}  // namespace understudy::simulation::known
