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

// A sibling that has just answered is asked again after this
// (controller/runtime/probes/sibling_rounds.h).
constexpr Duration kAskedAgain{5'000};

// From the first probe that fails until fall decides: refused each time, or without an answer. They
// overlap: each fast interval one begins, while the others wait for theirs. slow: of a service
// whose late answer is no doubt yet, the first has to fail before the second begins.
WaitSpan round_of(const Policy& policy, bool slow) {
    const auto falls = static_cast<Duration::rep>(policy.probe_fall);
    const Duration fast{policy.fast_interval_s};
    const Duration timeout{policy.probe_timeout_s};
    const Duration between = fast * (falls - 1);
    const Duration late = slow && falls > 1 ? std::max(Duration{0}, timeout - fast) : Duration{0};
    return {between, between + late + timeout};
}

// Until an observer that just found it serving calls it dead by itself.
WaitSpan probes_of(const Policy& policy) {
    WaitSpan span = round_of(policy, true);
    span.worst += Duration{policy.probe_interval_s};
    return span;
}

struct Observers {
    int all = 0, siblings = 0;
    int gone = 0;  // lost as well: whoever found it serving before the loss and is not heard since

    bool may_agree() const { return siblings > 0 && all > 1 && all > gone; }
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
        if (!counts) continue;
        if (std::ranges::binary_search(lost, each.by)) {
            ++found.gone;
            continue;
        }
        ++found.all;
        found.siblings += each.by ? 1 : 0;
    }
    return found;
}

// Whichever comes first (fitness.h): two agree, or the link alone was lost for long enough. With
// the loss all are asked at once, and confirm_agreed_s runs from it as well.
WaitSpan agreement(const Policy& policy) {
    const Duration confirm{policy.confirm_s};
    const Duration agreed{policy.confirm_agreed_s};
    const Duration own = round_of(policy, true).worst;
    const Duration of_siblings = kAskedAgain + round_of(policy, false).worst;
    return {std::min(confirm, std::max(agreed, round_of(policy, false).best)),
            std::min(confirm, std::max({agreed, own, of_siblings}))};
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
