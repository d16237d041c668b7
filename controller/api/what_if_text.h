// What would follow from a loss, summed up and as one sentence for people. Pure.
#pragma once

#include <string>
#include <vector>

#include "controller/api/what_if_time.h"
#include "controller/core/fleet.h"

namespace understudy::api {

// Of all pools together.
struct WhatIfTotals {
    WhatIfCounts domains;                      // moving: of pools that nothing holds
    std::size_t held = 0;                      // would move, but something keeps them
    std::size_t dry_run = 0;                   // would move, but it is a dry run
    std::vector<std::string> to;               // where those that move go, each once
    std::vector<std::string> without_standby;  // pools that move and have none left then
};
WhatIfTotals totals_of(const Fleet& fleet, const WhatIf& found);

// "web1", "web1 and web2", "web1, web2 and 5 more servers"
std::string who_of(const std::vector<std::string>& names);

// "If web1 died now: 61 domains would move to ams2 in 31 s to 58 s; 2 domains have no stand-by."
std::string sentence_of(const std::vector<std::string>& lost, const WhatIf& found,
                        const WhatIfTotals& totals, const WhatIfTime& time);
// The same of one server of all, without times.
std::string sentence_of(const std::string& server, const WhatIfServer& row);

// What stands in the way, the widest first, each once.
std::vector<std::string> obstacles_of(const Fleet& fleet, const WhatIf& found,
                                      const std::vector<WhatIfWriting>& writings);

}  // namespace understudy::api
