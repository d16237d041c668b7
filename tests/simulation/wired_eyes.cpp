#include "tests/simulation/wired_eyes.h"

#include <algorithm>

namespace understudy::simulation {
namespace {

// While the controller sleeps: when to look again.
constexpr Duration kAsleep{1'000};

}  // namespace

template <typename Words>
void WiredEyes::say(const Words& words) {
    for (const auto& word : words)
        tell_(word, schedule_.now());
}

void WiredEyes::committed(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        plan_.note(change);
        siblings_.note(change);
    }
    arm();
}

void WiredEyes::hears(const Input& input) {
    siblings_.note(input, schedule_.now());
    arm();
}

void WiredEyes::ask(ServerId server) {
    siblings_.ask({server}, schedule_.now());
    arm();
}

void WiredEyes::answered(ServerId by, const wire::Probed& answer) {
    say(siblings_.take({{by, answer}}, schedule_.now()));
    arm();
}

void WiredEyes::run() {
    armed_ = kNever;
    if (runs_()) {
        plan_.keep_up(schedule_.now());
        say(siblings_.start(schedule_.now()));
    }
    arm();
}

// Never within what is going on: a turn may be under way.
void WiredEyes::arm() {
    const Instant now = schedule_.now();
    const Instant next = std::min(plan_.next_deadline(), siblings_.next_deadline());
    if (next == kNever) return;
    const Duration least = runs_() ? Duration{1} : kAsleep;
    const Instant at = std::max(next, now + least);
    if (armed_ <= at) return;
    armed_ = at;
    schedule_.in(at - now, [this, at, alive = std::weak_ptr<bool>{guard_}] {
        if (!alive.expired() && armed_ == at) run();
    });
}

}  // namespace understudy::simulation
