// Attention: how much of what a channel subscribes to it is told, and when. Described in
// attention_fields.h. A plain value.
#pragma once

#include <chrono>
#include <vector>

#include "base/notice.h"
#include "base/quiet_hours.h"

namespace understudy {

struct Attention {
    Severity severity = Severity::Info;      // nothing less severe
    std::chrono::seconds remind_every_s{0};  // of what stays broken; 0: never
    std::vector<QuietHours> quiet_hours;     // then only what cannot_wait()
    // Nothing else than what nobody acknowledged for so long (escalation.h); 0: all, at once.
    std::chrono::minutes after_min{0};
    friend bool operator==(const Attention&, const Attention&) = default;
};

}  // namespace understudy
