#include "controller/runtime/probes/current_plan.h"

namespace understudy {
namespace {

// Orders that come one after another share a walk.
constexpr Duration kPlanInterval{1'000};

}  // namespace

void CurrentPlan::keep_up(Instant now) {
    if (!outdated_ || now < plan_at_) return;
    jobs_ = plan_.make(fleet_);
    ++edition_;
    outdated_ = false;
    plan_at_ = now + kPlanInterval;
}

}  // namespace understudy
