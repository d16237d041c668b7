#include "controller/core/situation.h"

#include <algorithm>

#include "controller/core/flapping.h"
#include "controller/core/readiness.h"

namespace understudy {
namespace {

FitnessRules fitness_rules(const EngineView& view, const Policy& policy) {
    return {policy.confirm_s,
            policy.health_timeout_s,
            view.timings.restart_grace,
            view.guards.own.warm_up_ends(view.now),
            view.guards.mass_loss.settles_at(),
            policy.evidence,
            policy.confirm_agreed_s,
            view.testimony.empty() ? std::string{} : service_of(policy)};
}

Instant instant_at(const EngineView& view, WallTime wall) {
    return view.now + (wall - view.wall);
}

SelectionRules selection_rules(const EngineView& view, const Pool& pool) {
    const auto after =
        flapping::failback_after(pool.failovers, view.wall, pool.policy.failback_after_s);
    const WallTime held = flapping::held_until(pool.failovers, view.wall);
    return {pool.policy, pool.home(), after, held > view.wall ? instant_at(view, held) : Instant{}};
}

// The server's label that tells where it is, for this policy.
std::string_view place_of(const Server& server, const Policy& policy) {
    if (policy.prefer_other == PreferOther::None) return {};
    const std::string* label = server.label(to_text(policy.prefer_other));
    return label == nullptr ? std::string_view{} : std::string_view{*label};
}

// Where nothing is served there is nothing to prove.
std::optional<std::size_t> unready_for(const EngineView& view, const Pool& pool, ServerId member) {
    if (view.fleet.domains_of(pool.id).empty()) return 0;
    return readiness::unready(view, pool, member);
}

}  // namespace

std::vector<MemberView> members_of(const EngineView& view, const Pool& pool) {
    const FitnessRules rules = fitness_rules(view, pool.policy);
    std::vector<MemberView> members;
    members.reserve(pool.members.size());
    for (const ServerId id : pool.members) {
        const Server& server = *view.fleet.server(id);
        const Liveness& liveness = view.liveness.of(id);
        const Fitness fitness =
            fitness_of(server, liveness, view.testimony.of(id), view.now, rules);
        members.push_back({id, fitness, liveness.load.value_or(0), unready_for(view, pool, id),
                           place_of(server, pool.policy), view.readiness.of(id) != nullptr});
    }
    return members;
}

Word word_of_member(const EngineView& view, const Pool& pool, ServerId server) {
    return word_about(view.liveness.of(server), view.testimony.of(server), view.now,
                      fitness_rules(view, pool.policy));
}

Situation look_at(const EngineView& view, const Pool& pool) {
    Situation situation;
    situation.rules = selection_rules(view, pool);
    situation.members = members_of(view, pool);
    situation.choice =
        choose(situation.members, moving_target(view.fleet, pool), situation.rules, view.now);
    return situation;
}

bool unvouched(const EngineView& view, const Pool& pool, std::span<const MemberView> members,
               const Target& among) {
    if (view.fleet.controls().losses_accepted) return false;
    return std::ranges::any_of(members, [&](const MemberView& member) {
        // One whose agent speaks to us is not lost: that needs no witness.
        const Liveness& liveness = view.liveness.of(member.server);
        const Health health = health_of(liveness, view.now, pool.policy.health_timeout_s);
        const bool speaks = health == Health::Error || health == Health::Online;
        const bool lost = member.fitness.standing == Standing::Down && !speaks;
        return lost && among.has(member.server) &&
               !view.guards.witnesses.vouch_since(member.fitness.since);
    });
}

void stay_well(MemberView& member) {
    if (member.fitness.standing == Standing::Healthy || member.fitness.vouched)
        member.fitness.changes_at = kNever;
}

void pass_time(std::span<MemberView> members, Instant at) {
    for (MemberView& member : members) {
        if (member.fitness.changes_at > at) continue;
        member.fitness.standing = Standing::Down;
        member.fitness.changes_at = kNever;
    }
}

bool in_dry_run(const Fleet& fleet, const Pool& pool) {
    return pool.dry_run.has_value() || fleet.controls().dry_run.has_value();
}

const Target& moving_target(const Fleet& fleet, const Pool& pool) {
    return in_dry_run(fleet, pool) ? pool.would : pool.target;
}

bool every_member_seen(const LivenessBook& liveness, const Pool& pool) {
    return std::ranges::all_of(pool.members,
                               [&](ServerId id) { return liveness.of(id).last_seen.has_value(); });
}

}  // namespace understudy
