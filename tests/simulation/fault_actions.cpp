// What each kind of fault does. Details come from the fault's own seed; each ends by itself.
#include <algorithm>

#include "tests/simulation/simulation.h"

namespace understudy::simulation {
void Simulation::carry_out(const Fault& fault) {
    Random random{fault.seed};
    mix(static_cast<std::uint64_t>(fault.kind));
    if (story_) note(std::string{"# fault: "} + row_of(fault.kind).name);
    if (observers_ && plan_.awake > Duration{0}) observers_->wake(plan_.awake);
    if (!agent_fault(fault.kind, random) && !service_fault(fault.kind, random) &&
        !partition_fault(fault.kind, random) && !controller_fault(fault.kind, random) &&
        !provider_fault(fault.kind, random)) {
        person(fault.kind, random);
    }
}

Simulation::Struck Simulation::struck(Random& random) const {
    const std::size_t who = random.below(agents_->size());
    return {who, seconds(random, 5, random.chance(0.7) ? 400 : 3'000)};
}

bool Simulation::agent_fault(FaultKind kind, Random& random) {
    const Struck hit = struck(random);
    const std::size_t who = hit.who;
    const Duration length = hit.length;
    switch (kind) {
        case FaultKind::AgentCrashClosed:
        case FaultKind::AgentCrashSilent:
            strike(agents_->server_at(who));
            agents_->crash(who, kind == FaultKind::AgentCrashSilent);
            later(who, length, [this](std::size_t i) { agents_->boot(i); });
            return true;
        case FaultKind::AgentFreeze:
            agents_->freeze(who);
            later(who, length, [this](std::size_t i) { agents_->thaw(i); });
            return true;
        case FaultKind::AgentHalfOpen:
            strike(agents_->server_at(who));
            agents_->half_open(who, seconds(random, 60, 400));
            later(who, length, [this](std::size_t i) { agents_->boot(i); });
            return true;
        case FaultKind::AgentRestart:
            agents_->restart_agent(who);
            return true;
        case FaultKind::AgentShutdown:
            strike(agents_->server_at(who));
            agents_->shut_down(who);
            later(who, length, [this](std::size_t i) { agents_->boot(i); });
            return true;
        case FaultKind::AgentKilled:
            agents_->kill_agent(who);
            later(who, length, [this](std::size_t i) { agents_->reconnect(i); });
            return true;
        case FaultKind::LinkFlaps: {
            Duration at{0};
            for (std::uint64_t i = random.below(6); i < 8; ++i) {
                at += seconds(random, 1, 90);
                const Duration away = seconds(random, 1, 60);
                schedule_.in(at, [this, who, away] {
                    if (!healing_) agents_->close_link(who, away);
                });
            }
            return true;
        }
        case FaultKind::BeatsLost:
            agents_->freeze(who);
            schedule_.in(seconds(random, 10, 50), [this, who] { agents_->thaw(who); });
            return true;
        case FaultKind::MessagesSlow:
            agents_->slow_down(true);
            later(who, length, [this](std::size_t) { agents_->slow_down(false); });
            return true;
        case FaultKind::MessageRepeated:
            agents_->repeat_message(random);
            return true;
        case FaultKind::CrossedLinks:
            agents_->cross_links(who);
            return true;
        default:
            return false;
    }
}

void Simulation::partition(Random& random, std::size_t count) {
    std::vector<std::size_t> all(agents_->size());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = i;
    const Duration length = seconds(random, 5, random.chance(0.5) ? 100 : 1'500);
    for (std::size_t i = 0; i < std::min(count, all.size()); ++i) {
        std::swap(all[i], all[i + random.below(all.size() - i)]);
        const std::size_t who = all[i];
        agents_->partition(who);
        schedule_.in(length, [this, who] { agents_->reconnect(who); });
    }
    if (random.chance(0.5)) weather_[FaultKind::WitnessesSilent] = schedule_.now() + length;
}

bool Simulation::partition_fault(FaultKind kind, Random& random) {
    const std::size_t size = agents_->size();
    switch (kind) {
        case FaultKind::ProbesCutOff:
        case FaultKind::SiblingCutOff:
        case FaultKind::SiblingsBlind:
        case FaultKind::ProberOverloaded:
            probe_fault(kind, random);
            return true;
        case FaultKind::PartitionSome:
            partition(random, 1 + random.below(1 + size / 3));
            return true;
        case FaultKind::PartitionMost:
            partition(random, size - random.below(1 + size / 3));
            return true;
        case FaultKind::PartitionAll:
            partition(random, size);
            return true;
        case FaultKind::MassReconnect:
            for (std::size_t i = 0; i < size; ++i)
                agents_->close_link(i, random.between(Duration{100}, Duration{8'000}));
            return true;
        case FaultKind::WitnessesSilent:
            weather_[kind] = schedule_.now() + seconds(random, 10, 600);
            return true;
        default:
            return false;
    }
}

void Simulation::suspend(Duration length) {
    if (suspended_ || !controller_->alive()) return;
    agents_->controller_suspended();
    if (!controller_->alive()) return;
    suspended_ = true;
    schedule_.in(length, [this, since = schedule_.now(), life = life_] {
        if (life == life_ && suspended_) resume(since);
    });
}

void Simulation::resume(Instant since) {
    suspended_ = false;
    last_step_ = schedule_.now();
    const Duration late = schedule_.now() - since;
    ledger_.resumed(schedule_.now());
    if (late > Duration{10'000}) deliver(Stalled{late}, schedule_.now());
    for (const Input& input : std::exchange(unheard_, {}))
        deliver(input, schedule_.now());
    agents_->controller_resumed();
    for (const TransferDone& done : std::exchange(unread_, {}))
        controller_->finished(done);
    deliver(TimePassed{schedule_.wall()}, schedule_.now());
}

bool Simulation::controller_fault(FaultKind kind, Random& random) {
    switch (kind) {
        case FaultKind::CrashBeforeCommit:
            controller_->crash_at(CrashPoint::BeforeCommit);
            return true;
        case FaultKind::CrashAfterCommit:
            controller_->crash_at(CrashPoint::AfterCommit);
            return true;
        case FaultKind::CrashAfterDispatch:
            controller_->crash_at(CrashPoint::AfterDispatch);
            return true;
        case FaultKind::ControllerSuspended:
            suspend(seconds(random, 1, random.chance(0.5) ? 30 : 600));
            return true;
        case FaultKind::CommitFails:
            controller_->fail_commits(1 + static_cast<int>(random.below(4)));
            return true;
        case FaultKind::CommitFailsForGood:
            controller_->fail_commits(5);
            return true;
        case FaultKind::WallStep:
            schedule_.step_wall(random.between(Duration{-3'600'000}, Duration{3'600'000}));
            ledger_.clock_stepped(schedule_.now());
            return true;
        case FaultKind::WallDrift:
            schedule_.drift_wall(static_cast<std::int64_t>(random.below(4'000)) - 2'000);
            ledger_.clock_stepped(schedule_.now());
            return true;
        default:
            return false;
    }
}

bool Simulation::provider_fault(FaultKind kind, Random& random) {
    switch (kind) {
        case FaultKind::ProviderReadsStale:
            world_.keep_stale(true);
            weather_[kind] = schedule_.now() + seconds(random, 3, 15);
            ledger_.provider_troubled_until =
                std::max(ledger_.provider_troubled_until, weather_[kind]);
            return true;
        case FaultKind::ProviderUnreachable:
        case FaultKind::ProviderRefuses:
        case FaultKind::ProviderThrottles:
        case FaultKind::ProviderErrors:
        case FaultKind::ProviderLosesReplies:
        case FaultKind::ProviderAppliesLate:
        case FaultKind::ProviderSlow:
            weather_[kind] = schedule_.now() + seconds(random, 5, random.chance(0.8) ? 120 : 900);
            ledger_.provider_troubled_until =
                std::max(ledger_.provider_troubled_until, weather_[kind] + Duration{20'000});
            return true;
        case FaultKind::ChannelDown:
            weather_[kind] = schedule_.now() + seconds(random, 5, 900);
            return true;
        case FaultKind::ForeignEdit:
            foreign_edit(random);
            return true;
        default:
            return false;
    }
}

// Between two conversations only: a write that races with ours cannot be told apart at Cloudflare,
// which has no conditional write; nor can one that a stale read hides.
void Simulation::foreign_edit(Random& random) {
    const auto stale = weather_.find(FaultKind::ProviderReadsStale);
    const bool hidden = stale != weather_.end() && schedule_.now() < stale->second;
    if (conversations_ != 0 || suspended_ || hidden || ledger_.domains.empty()) return;
    auto at = ledger_.domains.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.below(ledger_.domains.size())));
    const std::string name = at->second.name;
    // Another one each time: what was adopted once is no stranger's any more.
    const std::size_t number = ++strangers_;
    const std::string address =
        "203.0." + std::to_string(113 + number / 250) + "." + std::to_string(1 + number % 250);
    switch (random.below(4)) {
        case 0:
            return world_.foreign_proxied(name);
        case 1:
            world_.foreign_addition(
                name, number % 2 == 0 ? address : "2001:db8:bad::" + std::to_string(number));
            break;
        default:
            world_.foreign_content(name, address);
            break;
    }
    foreign_.insert(name);
    if (story_) note("# a stranger writes to " + name);
}

void Simulation::give_drawn_order(std::uint64_t seed, bool nonsense) {
    if (healing_ || !controller_->alive()) return;
    Random random{seed};
    Desk desk{random, ledger_, world_, schedule_.wall(), nonsense};
    if (auto action = draw_order(desk)) order(std::move(*action));
}

void Simulation::person(FaultKind kind, Random& random) {
    const std::uint64_t seed = random.below(UINT64_MAX);
    if (kind == FaultKind::OrderAtWorst) {
        at_worst_.push_back(seed);
    } else {
        give_drawn_order(seed, kind == FaultKind::OrderNonsense);
    }
}

}  // namespace understudy::simulation
