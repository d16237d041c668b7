#include "agent/checks/runner.h"

#include <algorithm>
#include <utility>

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
            next.push_back(std::unique_ptr<Check>(
                new Check{std::move(settings), hysteresis, {}, kNever, {}, {}, {}, {}}));
        }
    }
    checks_ = std::move(next);
}

void CheckRunner::advance(Instant now, WallTime wall) {
    reaper_.collect();
    for (const auto& check : checks_) {
        if (check->probe && *check->outcome) {
            finish(*check, **check->outcome, wall);
        } else if (check->probe && now >= check->deadline) {
            finish(*check, {false, "no result within " + to_text(check->settings.timeout)}, wall);
        }
        if (!check->probe && now >= check->next_start) start(*check, now);
        // A probe may know at once.
        if (check->probe && *check->outcome) finish(*check, **check->outcome, wall);
    }
}

// Missed turns are not made up for: after a suspend every check runs once.
void CheckRunner::start(Check& check, Instant now) {
    check.next_start = now + check.settings.interval;
    check.deadline = now + check.settings.timeout;
    check.outcome = std::make_shared<std::optional<Outcome>>();
    check.probe = make_(check.settings.kind, reaper_);
    check.probe->start(reactor_, [slot = check.outcome](Outcome outcome) {
        if (!*slot) *slot = std::move(outcome);
    });
}

// The problem that took a check down stays its problem: one that changes its wording with every try
// would be a stream of status messages about one fact.
void CheckRunner::finish(Check& check, const Outcome& outcome, WallTime wall) {
    check.probe.reset();
    check.deadline = kNever;
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
        next = std::min(next, check->probe ? check->deadline : check->next_start);
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
