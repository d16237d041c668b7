// What a channel hears of a notice. One that is narrowed to pools or labels may be somebody's who
// must not learn of the others: what is said to it names nothing but what it is about. Every notice
// goes through this on its way into the outbox (transaction.h). Pure.
#pragma once

#include "base/notice.h"
#include "controller/core/fleet.h"

namespace understudy::hearing {

Notice heard(const Fleet& fleet, const Channel& channel, Notice notice);

}  // namespace understudy::hearing
