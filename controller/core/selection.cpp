#include "controller/core/selection.h"

#include <algorithm>

#include "base/ensure.h"

namespace understudy {
namespace {

using Action = Choice::Action;

const MemberView* find(std::span<const MemberView> members, ServerId server) {
    const auto at = std::ranges::find(members, server, &MemberView::server);
    return at == members.end() ? nullptr : &*at;
}

bool healthy(const MemberView& member) {
    return member.fitness.standing == Standing::Healthy;
}

const MemberView* first_healthy_secondary(std::span<const MemberView> members, ServerId except) {
    for (const MemberView& member : members.subspan(1)) {
        if (member.server != except && healthy(member)) return &member;
    }
    return nullptr;
}

Instant next_change(std::span<const MemberView> members) {
    Instant at = kNever;
    for (const MemberView& member : members)
        at = std::min(at, member.fitness.changes_at);
    return at;
}

Choice move_to(ServerId server, Cause cause, Choice choice) {
    choice.action = Action::Move;
    choice.target = Target{server};
    choice.cause = cause;
    return choice;
}

// The target is gone and nobody can take over now.
Choice nobody(std::span<const MemberView> members, const Target& target, const Policy& policy,
              Choice choice) {
    const bool may_live = std::ranges::any_of(members, [](const MemberView& member) {
        return member.fitness.standing == Standing::Suspect;
    });
    if (may_live) return choice;
    choice.action = Action::Outage;
    choice.target = policy.has_fallback() ? Target{} : target;
    choice.cause = Cause::NobodyHealthy;
    return choice;
}

Choice from_fallback(std::span<const MemberView> members, Choice choice) {
    if (healthy(members.front())) {
        return move_to(members.front().server, Cause::PrimaryRecovered, choice);
    }
    if (const auto* other = first_healthy_secondary(members, {})) {
        return move_to(other->server, Cause::MemberBack, choice);
    }
    return choice;
}

}  // namespace

Choice choose(std::span<const MemberView> members, const Target& target, const Policy& policy,
              Instant now) {
    ensure(!members.empty());
    Choice choice;
    choice.any_healthy = std::ranges::any_of(members, healthy);
    choice.reconsider_at = next_change(members);
    if (target.is_fallback()) return from_fallback(members, choice);

    const MemberView& primary = members.front();
    const MemberView* serving = find(members, target.server);
    ensure(serving != nullptr);
    const bool on_primary = serving == &primary;

    if (!on_primary && healthy(primary) && policy.failback == Failback::Auto) {
        const Instant recovered_at = primary.fitness.since + policy.failback_after_s;
        if (now >= recovered_at) return move_to(primary.server, Cause::PrimaryRecovered, choice);
        choice.reconsider_at = std::min(choice.reconsider_at, recovered_at);
    }
    if (serving->fitness.standing != Standing::Down) return choice;

    if (const auto* other = first_healthy_secondary(members, target.server)) {
        return move_to(other->server, on_primary ? Cause::PrimaryDown : Cause::SecondaryDown,
                       choice);
    }
    if (!on_primary && healthy(primary)) {
        return move_to(primary.server, Cause::PrimaryRecovered, choice);
    }
    return nobody(members, target, policy, choice);
}

const char* reason_of(Cause cause) {
    switch (cause) {
        case Cause::None:
            return "";
        case Cause::PrimaryDown:
            return "Primary server down";
        case Cause::SecondaryDown:
            return "Serving secondary down";
        case Cause::PrimaryRecovered:
            return "Primary server recovered";
        case Cause::MemberBack:
            return "First healthy member back";
        case Cause::NobodyHealthy:
            return "No healthy member";
    }
    return "";
}

}  // namespace understudy
