// Reads many records at their providers before their domains are added: all of them, so many at a
// time. Loop thread only.
#pragma once

#include <functional>
#include <vector>

#include "controller/api/call.h"
#include "controller/api/fleet_plan.h"

namespace understudy::api {

// `done` is called once, now or in a later turn, with an answer for each record.
void read_records(const Context& api, std::vector<UnreadRecord> records,
                  std::function<void(Locations)> done);

}  // namespace understudy::api
