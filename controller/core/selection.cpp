#include "controller/core/selection.h"

#include <algorithm>
#include <array>

#include "base/ensure.h"

namespace understudy {
namespace {

using Action = Choice::Action;
constexpr std::array kLosses{Cause::PrimaryDown, Cause::SecondaryDown, Cause::PreferredDown,
                             Cause::MemberDown, Cause::NobodyHealthy};

const MemberView* view_of(std::span<const MemberView> members, ServerId server) {
    const auto at = std::ranges::find(members, server, &MemberView::server);
    return at == members.end() ? nullptr : &*at;
}

bool healthy(const MemberView& member) {
    return member.fitness.standing == Standing::Healthy;
}

bool confirmed_away(const MemberView& member) {
    return member.fitness.standing == Standing::Down ||
           member.fitness.standing == Standing::Maintenance;
}

std::size_t unready(const MemberView& member) {
    return member.unready.value_or(0);
}

// Whether automation may move there.
bool ready_enough(const MemberView& member, RequireReady required) {
    return required == RequireReady::Prefer || member.unready == 0;
}

bool elsewhere(const MemberView& member, const MemberView* left) {
    return left != nullptr && !left->place.empty() && !member.place.empty() &&
           member.place != left->place;
}

// Whether of two that could take over from `left` the later one in member order does.
bool takes_precedence(const MemberView& later, const MemberView& earlier, const MemberView* left) {
    if (unready(later) != unready(earlier)) return unready(later) < unready(earlier);
    return elsewhere(later, left) && !elsewhere(earlier, left);
}

// Nobody is healthy: one whose link is lost, but whose service is reached; the readiest of them.
const MemberView* first_vouched(std::span<const MemberView> members, const Target& except,
                                RequireReady required) {
    const MemberView* best = nullptr;
    for (const MemberView& member : members) {
        if (except.has(member.server) || !member.fitness.vouched) continue;
        if (!ready_enough(member, required)) continue;
        if (best == nullptr || unready(member) < unready(*best)) best = &member;
    }
    return best;
}

Instant earliest_change(std::span<const MemberView> members) {
    Instant at = kNever;
    for (const MemberView& member : members)
        at = std::min(at, member.fitness.changes_at);
    return at;
}

Choice moving(Target target, Cause cause, Choice choice) {
    choice.action = Action::Move;
    choice.target = std::move(target);
    choice.cause = cause;
    return choice;
}

// The target is gone and nobody can take over now.
Choice nobody(std::span<const MemberView> members, const Target& target, const Policy& policy,
              Choice choice) {
    // Who is vouched for and may not take over is not waited for where there is an outage page.
    const bool may_live = std::ranges::any_of(members, [&](const MemberView& member) {
        const bool refused = policy.has_fallback() && member.fitness.spared &&
                             !ready_enough(member, policy.require_ready);
        return member.fitness.standing == Standing::Suspect && !refused;
    });
    if (may_live) return choice;
    choice.action = Action::Outage;
    choice.target = policy.has_fallback() ? Target{} : target;
    choice.cause = Cause::NobodyHealthy;
    return choice;
}

// When a healthy member may take its place again; kNever: a person has to say so.
Instant returns_at(const MemberView& member, const SelectionRules& rules) {
    if (!healthy(member) || rules.policy.failback != Failback::Auto) return kNever;
    return std::max(member.fitness.since + rules.failback_after, rules.no_failback_before);
}

// --- one member serves ---------------------------------------------------------------------------

Cause cause_of_return(std::span<const MemberView> members, const MemberView& home) {
    return &home == &members.front() ? Cause::PrimaryRecovered : Cause::PreferredRecovered;
}

// Home where it may, unless another is readier.
Choice from_fallback(std::span<const MemberView> members, const MemberView& home,
                     const SelectionRules& rules, Choice choice) {
    const RequireReady required = rules.policy.require_ready;
    const Successor other = successor_of(members, {}, home.server, required);
    const MemberView* standby = view_of(members, other.server);
    const bool back = healthy(home) && ready_enough(home, required);
    if (back && (standby == nullptr || unready(home) <= unready(*standby)))
        return moving(Target{home.server}, cause_of_return(members, home), choice);
    choice.passed_over = other.passed_over;
    if (standby != nullptr) return moving(Target{other.server}, Cause::MemberBack, choice);
    choice.not_ready = healthy(home) ? home.server : other.not_ready;
    return choice;
}

bool out_of_reach(const MemberView& member) {
    return member.swept && !member.unready;
}

// Whether nobody's visitors lose by the way home. standby: who would take over from one that is
// gone; null: nobody.
bool as_ready(const MemberView& home, const MemberView& serving, const MemberView* standby,
              const Policy& policy) {
    if (!ready_enough(home, policy.require_ready)) return false;
    if (confirmed_away(serving)) return standby == nullptr || unready(home) <= unready(*standby);
    return unready(home) <= unready(serving) || out_of_reach(serving);
}

Cause cause_of_leaving(std::span<const MemberView> members, const MemberView& serving,
                       bool at_home) {
    if (serving.fitness.standing == Standing::Maintenance) return Cause::Maintenance;
    if (!at_home) return Cause::SecondaryDown;
    return &serving == &members.front() ? Cause::PrimaryDown : Cause::PreferredDown;
}

Choice choose_one(std::span<const MemberView> members, const Target& target,
                  const SelectionRules& rules, Instant now, Choice choice) {
    const MemberView& home = *view_of(members, rules.home);
    if (target.is_fallback()) return from_fallback(members, home, rules, choice);
    const MemberView* serving = view_of(members, target.servers.front());
    ensure(serving != nullptr);
    const bool at_home = serving == &home;
    const RequireReady required = rules.policy.require_ready;
    const Successor other = successor_of(members, target, home.server, required);
    const MemberView* standby = view_of(members, other.server);

    if (!at_home) {
        const Instant at = returns_at(home, rules);
        const bool ready = as_ready(home, *serving, standby, rules.policy);
        if (now >= at && ready)
            return moving(Target{home.server}, cause_of_return(members, home), choice);
        if (now >= at) choice.not_ready = home.server;
        if (now < at) choice.reconsider_at = std::min(choice.reconsider_at, at);
    }
    if (!confirmed_away(*serving)) return choice;
    const bool may_return = !at_home && healthy(home) && ready_enough(home, required);
    // Of which nothing is known is no readier, and one that flaps is held where it is not.
    const bool readier = may_return && standby != nullptr && home.unready &&
                         *home.unready < unready(*standby) && now >= rules.no_failback_before;
    if (standby != nullptr && !readier) {
        choice.not_ready = {};
        choice.passed_over = other.passed_over;
        return moving(Target{other.server}, cause_of_leaving(members, *serving, at_home), choice);
    }
    if (may_return) {
        choice.not_ready = {};
        return moving(Target{home.server}, cause_of_return(members, home), choice);
    }
    const bool down = serving->fitness.standing == Standing::Down;
    if (const auto* vouched = first_vouched(members, target, required);
        down && vouched != nullptr) {
        choice.not_ready = {};
        return moving(Target{vouched->server}, cause_of_leaving(members, *serving, at_home),
                      choice);
    }
    choice.not_ready = !at_home && healthy(home) ? home.server : other.not_ready;
    if (choice.not_ready && !rules.policy.has_fallback()) return choice;
    if (!down) return choice;
    // Who may not take over, though its site answers.
    if (const auto* vouched = first_vouched(members, target, RequireReady::Prefer);
        vouched != nullptr && !choice.not_ready)
        choice.not_ready = vouched->server;
    return nobody(members, target, rules.policy, choice);
}

// --- every healthy member serves -----------------------------------------------------------------

bool stays(const MemberView& member, const Target& target) {
    return target.has(member.server) && !confirmed_away(member);
}

using Published = std::vector<const MemberView*>;

std::size_t places(std::span<const MemberView> members, const Policy& policy) {
    const std::size_t limit = policy.max_answers;
    return limit == 0 ? members.size() : std::min(limit, members.size());
}

void take_least_loaded(Published& published, const Target& target, std::size_t limit) {
    const auto weight = [&](const MemberView* member) {
        return member->load - (target.has(member->server) ? kLoadMargin : 0.0);
    };
    std::ranges::stable_sort(published, {}, weight);
    published.resize(limit);
}

void limit_to(Published& published, std::size_t limit, const Target& target, AnswerOrder order) {
    if (published.size() <= limit) return;
    if (order == AnswerOrder::LeastLoaded) {
        take_least_loaded(published, target, limit);
    } else {
        published.resize(limit);
    }
}

Target target_of(const Published& published) {
    std::vector<ServerId> servers;
    for (const MemberView* member : published)
        servers.push_back(member->server);
    return Target{std::move(servers)};
}

// When a member that is not published may be.
Instant comes_at(const MemberView& member, const SelectionRules& rules, bool full) {
    SelectionRules waiting = rules;
    if (unready(member) > 0) return kNever;
    const bool exchanged = full && rules.policy.answers == AnswerOrder::LeastLoaded;
    if (exchanged) waiting.policy.failback = Failback::Auto;
    return returns_at(member, waiting);
}

Published candidates(std::span<const MemberView> members, const Target& target,
                     const SelectionRules& rules, Instant now, Choice& choice) {
    const std::size_t limit = places(members, rules.policy);
    const bool full = target.servers.size() >= limit;
    const bool somebody_stays = std::ranges::any_of(
        members, [&](const MemberView& member) { return stays(member, target); });
    Published published;
    Published spares;
    for (const MemberView& member : members) {
        if (stays(member, target)) {
            published.push_back(&member);
        } else if (!target.has(member.server) && healthy(member)) {
            const Instant at = somebody_stays ? comes_at(member, rules, full) : now;
            if (now >= at) {
                published.push_back(&member);
            } else {
                if (unready(member) > 0) choice.not_ready = member.server;
                choice.reconsider_at = std::min(choice.reconsider_at, at);
                if (full) spares.push_back(&member);
            }
        }
    }
    for (const MemberView* spare : spares)
        if (published.size() < limit) published.push_back(spare);
    if (!published.empty()) return published;
    for (const MemberView& member : members) {
        const bool wanted_so = member.fitness.standing == Standing::Maintenance;
        if (wanted_so && target.has(member.server)) published.push_back(&member);
    }
    return published;
}

Cause cause_of_change(std::span<const MemberView> members, const Target& from, const Target& to,
                      AnswerOrder order) {
    bool lost = false;
    bool lost_to_maintenance = false;
    for (const MemberView& member : members) {
        if (!from.has(member.server) || to.has(member.server)) continue;
        lost = lost || member.fitness.standing == Standing::Down;
        lost_to_maintenance =
            lost_to_maintenance || member.fitness.standing == Standing::Maintenance;
    }
    if (lost) return Cause::MemberDown;
    if (lost_to_maintenance) return Cause::Maintenance;
    if (to.servers.size() > from.servers.size()) return Cause::MemberRecovered;
    // Fewer: max_answers was lowered. As many: somebody took another's place.
    if (to.servers.size() < from.servers.size()) return Cause::PolicyChanged;
    return order == AnswerOrder::LeastLoaded ? Cause::Load : Cause::MemberRecovered;
}

Choice choose_all(std::span<const MemberView> members, const Target& target,
                  const SelectionRules& rules, Instant now, Choice choice) {
    Published published = candidates(members, target, rules, now, choice);
    limit_to(published, places(members, rules.policy), target, rules.policy.answers);
    if (published.empty()) {
        if (const auto* other = first_vouched(members, target, rules.policy.require_ready))
            return moving(Target{other->server}, Cause::MemberDown, choice);
        const bool down = std::ranges::any_of(members, [](const MemberView& member) {
            return member.fitness.standing == Standing::Down;
        });
        return down ? nobody(members, target, rules.policy, choice) : choice;
    }
    Target wanted = target_of(published);
    if (wanted == target) return choice;
    const Cause cause = cause_of_change(members, target, wanted, rules.policy.answers);
    return moving(std::move(wanted), cause, choice);
}

}  // namespace

Successor successor_of(std::span<const MemberView> members, const Target& target, ServerId home,
                       RequireReady required) {
    const MemberView* left =
        target.is_fallback() ? nullptr : view_of(members, target.servers.front());
    const MemberView* first = nullptr;
    const MemberView* best = nullptr;
    Successor successor;
    for (const MemberView& member : members) {
        if (member.server == home || target.has(member.server) || !healthy(member)) continue;
        if (!ready_enough(member, required)) {
            if (!successor.not_ready) successor.not_ready = member.server;
            continue;
        }
        if (first == nullptr) first = &member;
        if (best == nullptr || takes_precedence(member, *best, left)) best = &member;
    }
    if (best == nullptr) return successor;
    return {best->server, best == first ? ServerId{} : first->server, {}};
}

Choice choose(std::span<const MemberView> members, const Target& target,
              const SelectionRules& rules, Instant now) {
    ensure(!members.empty());
    Choice choice;
    choice.any_healthy = std::ranges::any_of(members, healthy);
    choice.reconsider_at = earliest_change(members);
    return rules.policy.mode == PoolMode::ActiveActive
               ? choose_all(members, target, rules, now, std::move(choice))
               : choose_one(members, target, rules, now, std::move(choice));
}

Target choose_now(std::span<const MemberView> members, const Target& present, const Policy& policy,
                  bool stays_away) {
    Published fit;
    for (const MemberView& member : members)
        if (healthy(member) || stays(member, present)) fit.push_back(&member);
    if (policy.mode == PoolMode::ActiveActive) {
        limit_to(fit, places(members, policy), present, policy.answers);
        return target_of(fit);
    }
    const auto serves = [&](const MemberView* member) { return present.has(member->server); };
    const auto serving = std::ranges::find_if(fit, serves);
    const bool leaves = serving == fit.end();
    if (stays_away && !leaves) return Target{(*serving)->server};
    if (leaves && !fit.empty() && fit.front()->server != members.front().server)
        return Target{successor_of(members, present, {}, RequireReady::Prefer).server};
    return fit.empty() ? Target{} : Target{fit.front()->server};
}

bool is_loss(Cause cause) {
    return std::ranges::find(kLosses, cause) != kLosses.end();
}

bool is_loss(std::string_view reason) {
    return std::ranges::any_of(kLosses,
                               [&](Cause cause) { return reason.starts_with(reason_of(cause)); });
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
        case Cause::PreferredDown:
            return "Switched-to server down";
        case Cause::PreferredRecovered:
            return "Switched-to server recovered";
        case Cause::MemberBack:
            return "First healthy member back";
        case Cause::NobodyHealthy:
            return "No healthy member";
        case Cause::Maintenance:
            return "Serving server in maintenance";
        case Cause::MemberDown:
            return "Member down";
        case Cause::MemberRecovered:
            return "Member recovered";
        case Cause::Load:
            return "Less loaded members";
        case Cause::Ordered:
            return "Ordered by a person";
        case Cause::MembersChanged:
            return "Members changed";
        case Cause::PolicyChanged:
            return "Policy changed";
        case Cause::Drill:
            return "Practice switch";
    }
    return "";
}

}  // namespace understudy
