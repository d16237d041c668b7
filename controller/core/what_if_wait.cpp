#include <algorithm>

#include "controller/core/engine_view.h"
#include "controller/core/what_if.h"

namespace understudy::what_if {
namespace {

// A link is found silent after two and a half heartbeats, and a sweep (controller/hub/liveness.h);
// the spread of losses is one and a half.
Duration silence_of(const GuardLimits& limits) {
    return limits.mass_loss_spread * 26 / 15;
}

// Until an observer that just found it serving calls it dead: refused at once, or without an answer
// after a full round.
WaitSpan probes_of(const Policy& policy) {
    const auto falls = static_cast<Duration::rep>(policy.probe_fall);
    const Duration between = Duration{policy.fast_interval_s} * (falls - 1);
    return {between,
            Duration{policy.probe_interval_s} + between + Duration{policy.probe_timeout_s} * falls};
}

struct Observers {
    int all = 0, siblings = 0;

    bool may_agree() const { return siblings > 0 && all > 1; }
};

// Those that would call it dead: they are left, and have reached it lately.
Observers observers_of(const EngineView& view, const Pool& pool, ServerId server,
                       std::span<const ServerId> lost) {
    Observers found;
    if (pool.policy.evidence == Evidence::Link) return found;
    const std::string service = service_of(pool.policy);
    for (const Testimony& each : view.testimony.of(server)) {
        const bool counts = each.service == service && !each.doubted &&
                            view.now < each.valid_until && calibrated(each, view.now);
        if (!counts || std::ranges::binary_search(lost, each.by)) continue;
        ++found.all;
        found.siblings += each.by ? 1 : 0;
    }
    return found;
}

// Whichever comes first (fitness.h): two agree, or the link alone was lost for long enough.
WaitSpan agreement(const Policy& policy) {
    const Duration confirm{policy.confirm_s};
    const Duration agreed{policy.confirm_agreed_s};
    const WaitSpan probes = probes_of(policy);
    return {std::min(confirm, std::max(agreed, probes.best)),
            std::min(confirm, probes.worst + agreed)};
}

// Unseen for so long it is down without a wait.
Duration unseen_in(const EngineView& view, const Pool& pool, ServerId server) {
    const auto& seen = view.liveness.of(server).last_seen;
    const Duration timeout{pool.policy.health_timeout_s};
    return seen ? std::max(Duration{0}, *seen + timeout + Duration{1} - view.now) : timeout;
}

void not_before(WaitSpan& span, Duration least) {
    span.best = std::max(span.best, least);
    span.worst = std::max(span.worst, least);
}

bool settles(const EngineView& view, std::size_t lost) {
    const GuardLimits& limits = view.timings.guards;
    return limits.mass_loss_percent < 100 && !view.guards.mass_loss.accepted() &&
           lost >= static_cast<std::size_t>(limits.mass_loss_servers);
}

Wait by_link(const EngineView& view, const Pool& pool, ServerId server, const Observers& observers,
             std::size_t lost) {
    const Duration unseen = unseen_in(view, pool, server);
    Wait wait;
    wait.detection.worst = std::min(silence_of(view.timings.guards), unseen);
    const Duration confirm{pool.policy.confirm_s};
    wait.waiting = observers.may_agree() ? agreement(pool.policy) : WaitSpan{confirm, confirm};
    wait.waiting = {std::min(wait.waiting.best, unseen), std::min(wait.waiting.worst, unseen)};
    // So many at once may be the first of most.
    if (settles(view, lost)) not_before(wait.waiting, view.timings.guards.mass_loss_spread);
    return wait;
}

Wait by_service(const Policy& policy, const Observers& observers) {
    const Duration confirm{policy.confirm_s};
    const Duration agreed = std::min(confirm, Duration{policy.confirm_agreed_s});
    return {probes_of(policy),
            observers.may_agree() ? WaitSpan{agreed, confirm} : WaitSpan{confirm, confirm}};
}

}  // namespace

Wait wait_for(const EngineView& view, const Pool& pool, ServerId server,
              std::span<const ServerId> lost) {
    const Observers observers = observers_of(view, pool, server, lost);
    const bool by_others = pool.policy.evidence == Evidence::Service && observers.all > 0;
    Wait wait = by_others ? by_service(pool.policy, observers)
                          : by_link(view, pool, server, observers, lost.size());
    if (pool.policy.reaction == Reaction::Maintenance)
        wait.waiting.worst += view.timings.maintenance_interval;
    return wait;
}

}  // namespace understudy::what_if
