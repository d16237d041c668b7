// How much doubt the guards have (rules 9 and 10). Set by the configuration's `guards` section; the
// defaults are what docs/configuration.md says.
#pragma once

#include "base/clock.h"

namespace understudy {

struct GuardLimits {
    // More than this share of the servers, and at least so many, lost within the window: it is
    // rather we who lost them.
    int mass_loss_percent = 50;
    int mass_loss_servers = 3;
    Duration mass_loss_window{60'000};
    // Links that went silent together are found one after the other within this: one and a half
    // heartbeat intervals (controller/hub/liveness.h).
    Duration mass_loss_spread{15'000};

    bool witnesses = false;          // there are witness addresses to ask before a loss is believed
    Duration witness_retry{10'000};  // and this is how often they are asked while none answers

    // At most so many changes within the window by automation; 0: any number.
    std::uint32_t changes_per_record = 12;
    std::uint32_t changes_per_pool = 12;
    std::uint32_t changes_per_provider = 0;
    Duration change_window{3'600'000};

    // The brake on people's orders: without force at most this share of a zone's domains may change
    // by one order, once more than so many do.
    int brake_percent = 50;
    int brake_domains = 10;
};

}  // namespace understudy
