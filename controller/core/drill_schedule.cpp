// When a drill is looked at next, and when one begins by itself.
#include <algorithm>

#include "controller/core/drills.h"
#include "controller/core/flapping.h"
#include "controller/core/pools.h"
#include "controller/core/situation.h"
#include "controller/core/troubles.h"

namespace understudy::drills {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::minutes kTurn{10};  // until another's drill is looked at again
constexpr const char* kBySchedule = "the pool's schedule";

DeadlineKey deadline_of(PoolId pool) {
    return {DeadlineKey::Kind::Drill, pool.value};
}

// Pools whose schedules begin together are spread over a day, each at its own time.
Duration own_time(PoolId pool) {
    constexpr std::int64_t kStride = 617;  // has no divisor in common with a day's minutes
    const std::int64_t minutes = (pool.value * kStride) % (24 * 60);
    return std::chrono::minutes{1 + minutes};
}

Duration interval_of(const Pool& pool) {
    return kDay * static_cast<std::int64_t>(pool.policy.drill_every_days);
}

WallTime first_planned(const Pool& pool, WallTime wall) {
    const WallTime next = pool.last_good_drill + interval_of(pool);
    return next > wall ? next : wall + own_time(pool.id);
}

void plan(StepContext& context, const Pool& pool) {
    const bool wanted = pool.policy.drill_every_days > 0;
    if (!wanted) {
        if (pool.drill_next != WallTime{}) context.tx.edit(pool.id).drill_next = {};
        return;
    }
    const WallTime wall = context.wall();
    const bool sound = pool.drill_next != WallTime{} && pool.drill_next <= wall + interval_of(pool);
    if (!sound) context.tx.edit(pool.id).drill_next = first_planned(pool, wall);
}

WallTime next_look(const Drill& drill) {
    if (drill.phase == DrillPhase::Home) return drill.home_since + kBound;
    if (drill.away_confirmed_ms < 0) return drill.started + kBound;
    return drill.started + Duration{drill.away_confirmed_ms} + std::chrono::seconds{drill.stay_s};
}

// When waiting alone may change what is seen of it.
Instant next_review(const StepContext& context, const Pool& pool) {
    const Drill& drill = *pool.drill;
    Instant at = kNever;
    const auto no_later = [&](Instant when) {
        if (when > context.now) at = std::min(at, when);
    };
    no_later(context.clock.when(next_look(drill)));
    if (drill.phase != DrillPhase::Away) return at;
    no_later(context.clock.when(drill.started + kBound));
    no_later(context.clock.when(ends_at_last(drill)));
    no_later(context.guards.own.grace_ends());
    no_later(context.guards.own.warm_up_ends(context.now));
    no_later(context.guards.mass_loss.settles_at());
    const Witnesses& witnesses = context.guards.witnesses;
    for (const MemberView& member : members_of(context.view(), pool)) {
        no_later(member.fitness.changes_at);
        // One of them has to vouch for the loss of the primary.
        const bool lost = member.fitness.standing == Standing::Down && member.server == drill.from;
        if (lost && witnesses.configured()) no_later(context.now + witnesses.retry());
    }
    return at;
}

bool broken(const Fleet& fleet, const Pool& pool) {
    if (pool.outage) return true;
    const auto in_trouble = [&](auto id) { return troubles::of(fleet, id.value).has_value(); };
    return std::ranges::any_of(pool.members, in_trouble) ||
           std::ranges::any_of(fleet.domains_of(pool.id), in_trouble);
}

bool any_away(const Fleet& fleet) {
    return std::ranges::any_of(fleet.pools(),
                               [](const Pool* pool) { return pool->drill.has_value(); });
}

void skip(StepContext& context, PoolId id, const std::string& why) {
    Pool& pool = context.tx.edit(id);
    pool.drill_next = context.wall() + kDay;
    LogLine line = line_of(pool, EventType::DrillSkipped);
    line.reason = "The scheduled drill was left out: " + why;
    line.detail = "it is tried again at " + to_rfc3339(pool.drill_next);
    context.tx.log(std::move(line));
}

// None: it may begin now.
std::optional<Instant> waits_until(const StepContext& context, const Pool& pool) {
    if (context.now < context.guards.own.warm_up_ends(context.now))
        return context.guards.own.warm_up_ends(context.now) + Duration{kTurn};
    if (any_away(context.fleet())) return context.now + Duration{kTurn};
    // The servers lost just now may be the first of most.
    const Instant settles = context.guards.mass_loss.settles_at();
    if (settles > context.now) return settles + Duration{kTurn};
    const auto& blocked = pool.policy.drill_not.windows;
    if (!is_quiet(blocked, context.wall())) return std::nullopt;
    const WallTime free = quiet_until(blocked, context.wall()).value_or(context.wall() + kDay);
    return std::max(context.now + Duration{1}, context.clock.when(free));
}

void begin(StepContext& context, const Pool& pool) {
    if (const auto later = waits_until(context, pool))
        return context.deadlines.set(deadline_of(pool.id), *later);
    if (broken(context.fleet(), pool)) {
        skip(context, pool.id, "something of the pool is broken");
    } else if (flapping::recent(pool.failovers, context.wall()) > 0) {
        skip(context, pool.id, "the pool failed over within the last hour");
    } else if (const auto to = stand_by(context, pool, {}); !to) {
        skip(context, pool.id, to.error().message);
    } else {
        return start(context, pool.id, {*to, kBySchedule, {}, std::chrono::seconds{60}, true});
    }
    arm(context, pool.id);
}

}  // namespace

void arm(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    if (pool.drill) return context.deadlines.set(deadline_of(id), next_review(context, pool));
    plan(context, pool);
    const bool any = pool.drill_next != WallTime{};
    context.deadlines.set(
        deadline_of(id),
        any ? std::max(context.now + Duration{1}, context.clock.when(pool.drill_next)) : kNever);
}

// One that says nothing is tried again the next day. One that failed is not: the same trouble would
// come to visitors day after day. A person's stands for a scheduled one only when it passed; what
// was due in its time is a day later then.
WallTime next_after(const Pool& pool, const Drill& ended) {
    if (pool.policy.drill_every_days == 0) return {};
    const bool counts = ended.scheduled || ended.result == DrillResult::Passed;
    const bool due = pool.drill_next != WallTime{} && pool.drill_next <= ended.ended;
    if (!counts) return due ? ended.ended + Duration{kDay} : pool.drill_next;
    const bool said = ended.result != DrillResult::Aborted;
    return ended.ended + (said ? interval_of(pool) : Duration{kDay});
}

void arm_all(StepContext& context) {
    for (const Pool* pool : context.fleet().pools()) {
        // The wall clock was wrong then, or is now. What is to come says nothing.
        const WallTime wall = context.wall();
        if (pool->last_good_drill > wall) context.tx.edit(pool->id).last_good_drill = wall;
        if (pool->last_drill > wall) context.tx.edit(pool->id).last_drill = wall;
        arm(context, pool->id);
    }
}

void due(StepContext& context, PoolId id) {
    const Pool* pool = context.fleet().pool(id);
    if (pool == nullptr) return;
    if (pool->drill) return pools::evaluate(context, id, pools::Occasion::Event);
    const bool wanted = pool->policy.drill_every_days > 0;
    if (!wanted || pool->drill_next > context.wall()) return arm(context, id);
    begin(context, *pool);
}

bool overdue(const Pool& pool, WallTime wall) {
    if (pool.active_active() || pool.members.size() < 2) return false;
    if (pool.last_good_drill != WallTime{}) return wall - pool.last_good_drill > kGoodFor;
    return pool.last_drill != WallTime{} || pool.policy.drill_every_days > 0;
}

}  // namespace understudy::drills
