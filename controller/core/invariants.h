// What must hold after every step, in tests and in production: checked for what the step touched
// (and for everything by the tests). A broken one ends the process before anything is committed.
#pragma once

#include "controller/core/fleet.h"
#include "controller/core/transaction.h"

namespace understudy::invariants {

void check(const Fleet& fleet, const Pool& pool);
void check(const Fleet& fleet, const Domain& domain);
void check(Transaction& touched);
void check_all(const Fleet& fleet);

}  // namespace understudy::invariants
