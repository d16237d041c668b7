#include "tests/simulation/own_check.h"

#include <algorithm>
#include <utility>

namespace understudy::simulation {

OwnCheck::OwnCheck(Schedule& schedule, Duration ago, Look look, Report report)
    : schedule_(schedule),
      look_(std::move(look)),
      report_(std::move(report)),
      hysteresis_(settings_.rise, settings_.fall) {
    hysteresis_.add(true);
    tries_.begun = tries_.ended = schedule_.now() - ago;
    tries_.quick = true;
}

void OwnCheck::go_on_until(Instant until) {
    until_ = until;
    arm();
}

Instant OwnCheck::next() const {
    const Instant begins = next_try(tries_, hysteresis_, settings_, true);
    return open_.empty() ? begins : std::min(begins, open_.front().begun + settings_.timeout);
}

void OwnCheck::arm() {
    const Instant at = std::max(next(), schedule_.now());
    schedule_.in(at - schedule_.now(), [self = shared_from_this()] { self->run(); });
}

// An answer takes no time here; what gets none waits for its time-out, and later ones behind it.
bool OwnCheck::take() {
    const bool was_up = hysteresis_.up();
    while (!open_.empty()) {
        Try& first = open_.front();
        if (!first.ok && schedule_.now() >= first.begun + settings_.timeout) first.ok = false;
        if (!first.ok) break;
        if (*first.ok) tries_.quick = schedule_.now() - first.begun < settings_.fast_interval;
        hysteresis_.add(*first.ok);
        tries_.ended = schedule_.now();
        open_.pop_front();
    }
    tries_.open = static_cast<int>(open_.size());
    if (hysteresis_.up() != was_up) report_(!hysteresis_.up());
    return schedule_.now() < until_ || !hysteresis_.up() || !open_.empty();
}

void OwnCheck::begin(Finds finds) {
    Try one{schedule_.now(), std::nullopt};
    if (finds != Finds::NoAnswer) one.ok = finds == Finds::Well;
    open_.push_back(one);
    tries_.begun = schedule_.now();
    tries_.open = static_cast<int>(open_.size());
}

void OwnCheck::run() {
    if (!take()) return;
    if (next_try(tries_, hysteresis_, settings_, true) <= schedule_.now()) {
        const auto finds = look_();
        if (!finds) return;
        begin(*finds);
        if (!take()) return;
    }
    arm();
}

}  // namespace understudy::simulation
