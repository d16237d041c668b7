#include "agent/checks/runner.h"

#include <algorithm>
#include <utility>

#include "agent/checks/pace.h"
#include "base/log.h"

namespace understudy {

CheckRunner::CheckRunner(Reactor& reactor, MakeProbe make)
    : reactor_(reactor), make_(std::move(make)) {}

void CheckRunner::configure(std::vector<CheckSettings> checks) {
    std::vector<std::unique_ptr<Check>> next;
    for (CheckSettings& settings : checks) {
        const auto same = std::ranges::find_if(
            checks_, [&](const auto& check) { return check && check->settings == settings; });
        if (same != checks_.end()) {
            next.push_back(std::move(*same));
        } else {
            const Hysteresis hysteresis{settings.rise, settings.fall};
            // NOLINTNEXTLINE(modernize-make-unique): clang 14 makes no aggregates that way
            next.push_back(std::unique_ptr<Check>(new Check{std::move(settings), hysteresis}));
        }
    }
    checks_ = std::move(next);
}

void CheckRunner::advance(Instant now, WallTime wall) {
    reaper_.collect();
    for (const auto& check : checks_) {
        take_outcomes(*check, now, wall);
        if (now < next_start(*check)) continue;
        start(*check, now);
        take_outcomes(*check, now, wall);  // a probe may know at once
    }
}

// Missed turns are not made up for: after a suspend every check runs once.
Instant CheckRunner::next_start(const Check& check) const {
    const Tries tries{check.begun, check.ended, static_cast<int>(check.tries.size()), check.quick};
    return next_try(tries, check.hysteresis, check.settings, may_overlap(check.settings.kind));
}

void CheckRunner::start(Check& check, Instant now) {
    check.begun = now;
    Try& one = check.tries.emplace_back();
    one.begun = now;
    one.outcome = std::make_shared<std::optional<Outcome>>();
    one.probe = make_(check.settings.kind, reaper_);
    one.probe->start(reactor_, [slot = one.outcome](Outcome outcome) {
        if (!*slot) *slot = std::move(outcome);
    });
}

void CheckRunner::take_outcomes(Check& check, Instant now, WallTime wall) {
    const Duration timeout = check.settings.timeout;
    for (Try& one : check.tries) {
        if (!*one.outcome && now - one.begun >= timeout)
            *one.outcome = Outcome{false, "no result within " + to_text(timeout)};
        if (*one.outcome) one.probe.reset();
    }
    while (!check.tries.empty() && *check.tries.front().outcome) {
        const Outcome outcome = **check.tries.front().outcome;
        if (outcome.ok)
            check.quick = now - check.tries.front().begun < check.settings.fast_interval;
        check.tries.erase(check.tries.begin());
        check.ended = now;
        count(check, outcome, wall);
    }
}

// The problem that took a check down stays its problem: one that changes its wording with every try
// would be a stream of status messages about one fact.
void CheckRunner::count(Check& check, const Outcome& outcome, WallTime wall) {
    const bool was_up = check.hysteresis.up();
    if (settling_) check.hysteresis = Hysteresis{check.settings.rise, check.settings.fall};
    check.hysteresis.add(outcome.ok);
    if (check.hysteresis.up() == was_up) return;
    if (check.hysteresis.up()) {
        log::info("check", "passes again", {{"check", check.settings.name}});
        return;
    }
    check.problem = outcome.problem;
    check.failing_since = wall;
    log::warning("check", "fails", {{"check", check.settings.name}, {"problem", check.problem}});
}

Instant CheckRunner::next_deadline() const {
    Instant next = kNever;
    for (const auto& check : checks_) {
        next = std::min(next, next_start(*check));
        for (const Try& one : check->tries) {
            if (!*one.outcome) next = std::min(next, one.begun + check->settings.timeout);
        }
    }
    return next;
}

wire::Status CheckRunner::status() const {
    wire::Status status;
    for (const auto& check : checks_) {
        if (check->hysteresis.up()) continue;
        status.failing.push_back(wire::FailingCheck{check->settings.name, check->problem,
                                                    to_rfc3339(check->failing_since)});
    }
    status.ok = status.failing.empty();
    return status;
}

// One more than the failures that would be believed.
Duration CheckRunner::patience() const {
    Duration longest{0};
    for (const auto& check : checks_)
        longest = std::max(longest, check->settings.interval * (check->settings.fall + 1));
    return longest;
}

bool CheckRunner::all_decided() const {
    return std::ranges::all_of(checks_,
                               [](const auto& check) { return check->hysteresis.decided(); });
}

}  // namespace understudy
