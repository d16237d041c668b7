#include "controller/core/drills.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "controller/core/drill_steps.h"
#include "controller/core/evidence.h"
#include "controller/core/pools.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::drills {
namespace {

std::int64_t since(const StepContext& context, WallTime begun) {
    return std::max<std::int64_t>(0, (context.wall() - begun).count());
}

// --- what is seen of it --------------------------------------------------------------------------

struct Records {
    bool confirmed = true;  // all of them
    bool asked = false;     // some name servers are still being asked
    bool served = true;     // all of them answer
    std::string trouble;    // what failed; empty: nothing
    std::string unproven;   // why it is not known to be served; empty: it is known, or failed
};

Records look_at_records(const Fleet& fleet, const Pool& pool) {
    Records found;
    for (const DomainId id : fleet.domains_of(pool.id)) {
        const Domain& domain = *fleet.domain(id);
        if (domain.ignored || domain.adopted(pool)) continue;
        const Publication& record = domain.record;
        if (record.in_conflict()) {
            found.trouble = "somebody else changed the record of '" + domain.name + "'";
        } else if (record.refused) {
            found.trouble = "the provider refused to change the record of '" + domain.name + "'";
        } else if (domain.serving.state == Served::Disputed && record.settled()) {
            found.trouble = domain.serving.said;
        }
        found.confirmed = found.confirmed && record.settled();
        if (!record.settled()) continue;
        found.asked = found.asked || domain.serving.state == Served::Asked;
        if (domain.serving.state == Served::All) continue;
        found.served = false;
        if (domain.serving.state == Served::Unasked) {
            found.unproven = "Not proven to be served: name servers were not asked";
        } else if (domain.serving.state == Served::Unproven) {
            found.unproven = domain.serving.said;
        }
    }
    found.asked = found.asked || !found.confirmed;
    found.served = found.served && found.confirmed;
    return found;
}

void measure(StepContext& context, PoolId id, const Records& found) {
    const Drill& known = *context.fleet().pool(id)->drill;
    const bool away = known.phase == DrillPhase::Away;
    const WallTime begun = away ? known.started : known.home_since;
    const std::int64_t confirmed = away ? known.away_confirmed_ms : known.home_confirmed_ms;
    const std::int64_t served = away ? known.away_served_ms : known.home_served_ms;
    const std::int64_t ms = since(context, begun);
    if (confirmed < 0 && found.confirmed) {
        Drill& drill = edit(context, id);
        (away ? drill.away_confirmed_ms : drill.home_confirmed_ms) = ms;
    }
    if (served < 0 && found.served) {
        Drill& drill = edit(context, id);
        (away ? drill.away_served_ms : drill.home_served_ms) = ms;
    }
    const bool remark = !found.asked && !found.unproven.empty() && known.reason.empty();
    if (remark) edit(context, id).reason = found.unproven;
}

bool bound_is_over(const StepContext& context, WallTime begun) {
    return since(context, begun) >= Duration{kBound}.count();
}

Fitness standing_of(const std::vector<MemberView>& members, ServerId server) {
    const auto found = std::ranges::find(members, server, &MemberView::server);
    return found == members.end() ? Fitness{} : found->fitness;
}

// By what people ordered, or what the engine did before it could be asked. None: by nothing.
std::optional<std::string> taken_over(const StepContext& context, const Pool& pool) {
    const Drill& drill = *pool.drill;
    const Controls& controls = context.fleet().controls();
    const auto ordered = [](const char* what, const Override& by) {
        return std::string{what} + evidence::sentence_of(by);
    };
    if (controls.pause) return ordered("everything was paused ", *controls.pause);
    if (pool.hold) return ordered("the pool was held ", pool.hold->by);
    if (pool.dry_run) return ordered("a dry run was begun ", *pool.dry_run);
    if (controls.dry_run) return ordered("a dry run of everything was begun ", *controls.dry_run);
    const bool there = pool.epoch == drill.epoch && pool.target.is_only(drill.to);
    const bool members = pool.primary() == drill.from && !pool.active_active() &&
                         std::ranges::find(pool.members, drill.to) != pool.members.end();
    if (!members) return "the pool's members were changed";
    if (there && pool.preferred && is_its_own(*pool.preferred, drill)) return std::nullopt;
    return "the pool was moved meanwhile: " + pool.why();
}

// Nothing that is seen may be believed; after a restart nothing was seen yet.
bool doubted(StepContext& context, PoolId id) {
    const EngineView view = context.view();
    const Pool& pool = *context.fleet().pool(id);
    const auto held = restraints::on_all(view);
    const bool doubts = held && held->doubts;
    if (doubts && pool.drill->result != DrillResult::Aborted) {
        Drill& drill = edit(context, id);
        drill.result = DrillResult::None;  // what was seen to fail says nothing either
        // Read by whoever sees the pool, long after it is said.
        note(drill, DrillResult::Aborted,
             held->kind == "mass_loss" ? restraints::kManyLost
                                       : restraints::worded(view, &pool, *held).why);
    }
    return doubts || (!every_member_seen(view.liveness, pool) &&
                      context.now < view.guards.own.warm_up_ends(context.now));
}

// A loss that nobody outside has vouched for is not believed; people are told of it as of whatever
// else keeps a pool where it is (restraints::staying()).
bool awaits_a_witness(StepContext& context, PoolId id, const std::vector<MemberView>& members) {
    const Pool& pool = *context.fleet().pool(id);
    if (!unvouched(context.view(), pool, members, Target{pool.drill->from})) return false;
    context.tx.ask_witnesses();
    context.guards.witnesses.wait(id);
    return true;
}

std::string state_of(const StepContext& context, const Pool& pool, ServerId id) {
    const Server& server = *context.fleet().server(id);
    if (server.maintenance) return "in maintenance " + evidence::sentence_of(*server.maintenance);
    return sentence_of(context.liveness.of(id), context.now, pool.policy.health_timeout_s);
}

constexpr const char* kNothingFollows = "no domain of the pool follows it any more";

// --- its course ----------------------------------------------------------------------------------

// Whether that much is sure: one that is suspect may be well again, or the first of many that are
// lost. It is waited for until the drill has to end.
bool is_ill(const StepContext& context, const Drill& drill, const Fitness& standby) {
    if (standby.standing == Standing::Healthy) return false;
    if (standby.standing != Standing::Suspect) return true;
    return context.wall() >= ends_at_last(drill);
}

std::string illness_of(const StepContext& context, const Pool& pool) {
    return "stand-by '" + pool.drill->to_name +
           "' was not healthy while it served: " + state_of(context, pool, pool.drill->to);
}

// What is seen of the stand-by while it serves.
void judge(StepContext& context, PoolId id, const Fitness& standby, const Records& records) {
    const Pool& pool = *context.fleet().pool(id);
    if (is_ill(context, *pool.drill, standby)) {
        const bool ordered = standby.standing == Standing::Maintenance;
        note(edit(context, id), ordered ? DrillResult::Aborted : DrillResult::Failed,
             illness_of(context, pool));
    } else if (!records.trouble.empty()) {
        note(edit(context, id), DrillResult::Failed, records.trouble);
    } else if (!any_follows(context.fleet(), pool)) {
        note(edit(context, id), DrillResult::Aborted, kNothingFollows);
    } else if (records.asked && bound_is_over(context, pool.drill->started)) {
        note(edit(context, id), DrillResult::Failed,
             std::string{"the way out was not "} + (records.confirmed ? "served" : "confirmed") +
                 " within " + to_text(Duration{kBound}));
    }
}

WallTime stay_ends(const Drill& drill) {
    return drill.started + Duration{drill.away_confirmed_ms} + std::chrono::seconds{drill.stay_s};
}

void leave_in_doubt(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    const Drill& drill = *pool.drill;
    drop(
        context, id, DrillResult::Aborted,
        "primary '" + drill.from_name + "' stays in doubt: " + state_of(context, pool, drill.from));
}

// Lets what is real come first. True: the drill is over, or has to wait.
bool gives_way(StepContext& context, PoolId id, const std::vector<MemberView>& members) {
    const Pool& pool = *context.fleet().pool(id);
    const Drill& drill = *pool.drill;
    const Fitness primary = standing_of(members, drill.from);
    const Fitness standby = standing_of(members, drill.to);
    if (primary.standing == Standing::Maintenance || primary.standing == Standing::Down) {
        if (awaits_a_witness(context, id, members)) {
            if (context.wall() >= ends_at_last(drill)) leave_in_doubt(context, id);
            return true;
        }
        const bool down = primary.standing == Standing::Down;
        if (standby.standing == Standing::Down)
            note(edit(context, id), DrillResult::Failed, illness_of(context, pool));
        const std::string why = "primary '" + drill.from_name +
                                "' is not healthy: " + state_of(context, pool, drill.from) +
                                "; the pool stays on '" + drill.to_name + "'";
        undo_preference(context, id);
        pools::stay_away(context, id, down ? Cause::PrimaryDown : Cause::Maintenance);
        drop(context, id, DrillResult::Aborted, why);
        return true;
    }
    if (primary.standing == Standing::Healthy) return false;
    if (standby.standing == Standing::Down || standby.standing == Standing::Maintenance) {
        drop(context, id, DrillResult::Failed, illness_of(context, pool));
        return true;
    }
    return false;
}

void review_away(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    if (const auto why = taken_over(context, pool))
        return drop(context, id, DrillResult::Aborted, *why);
    if (doubted(context, id)) return;
    const auto members = members_of(context.view(), pool);
    const Fitness primary = standing_of(members, pool.drill->from);
    const Fitness standby = standing_of(members, pool.drill->to);
    if (gives_way(context, id, members)) return;
    const Records records = look_at_records(context.fleet(), pool);
    // Most servers may be about to be lost: then nothing moves, not even home.
    const bool settles = context.now < context.guards.mass_loss.settles_at();
    if (!settles) judge(context, id, standby, records);
    if (pool.drill->result == DrillResult::None) measure(context, id, records);
    if (settles) return;
    const Drill& drill = *pool.drill;
    const bool stayed = drill.away_confirmed_ms >= 0 && !records.asked &&
                        standby.standing == Standing::Healthy && context.wall() >= stay_ends(drill);
    const bool over = stayed || drill.result != DrillResult::None;
    if (over && primary.standing == Standing::Healthy) return go_home(context, id);
    // Its link is lost, say, while observers find it serving: automation would not go back to it.
    if (context.wall() < ends_at_last(drill) || primary.standing == Standing::Healthy) return;
    leave_in_doubt(context, id);
}

void review_home(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    if (pool.epoch != pool.drill->epoch) {
        return drop(context, id, DrillResult::Aborted,
                    "the pool was moved on its way home: " + pool.why());
    }
    const Records records = look_at_records(context.fleet(), pool);
    const bool any = any_follows(context.fleet(), pool);
    if (any) measure(context, id, records);
    const Drill& drill = *pool.drill;
    if (!records.trouble.empty()) {
        note(edit(context, id), DrillResult::Failed, records.trouble);
        return finish(context, id);
    }
    if (!any) note(edit(context, id), DrillResult::Aborted, kNothingFollows);
    if (!records.asked) {
        note(edit(context, id), DrillResult::Passed, {});
        return finish(context, id);
    }
    if (!bound_is_over(context, drill.home_since)) return;
    note(edit(context, id), DrillResult::Failed,
         std::string{"the way home was not "} + (records.confirmed ? "served" : "confirmed") +
             " within " + to_text(Duration{kBound}));
    finish(context, id);
}

bool is(const StepContext& context, PoolId id, DrillPhase phase) {
    const Pool* pool = context.fleet().pool(id);
    return pool != nullptr && pool->drill && pool->drill->phase == phase;
}

}  // namespace

void review(StepContext& context, PoolId id) {
    if (!context.fleet().pool(id)->drill) return;
    if (is(context, id, DrillPhase::Away)) review_away(context, id);
    if (is(context, id, DrillPhase::Home)) review_home(context, id);
    arm(context, id);
}

void settle(StepContext& context) {
    std::set<PoolId> touched;
    for (const PoolId id : context.tx.touched_pools())
        touched.insert(id);
    for (const DomainId id : context.tx.touched_domains())
        touched.insert(context.fleet().domain(id)->pool);
    if (context.tx.touched_controls() || !context.tx.gone().empty()) {
        for (const Pool* pool : context.fleet().pools())
            touched.insert(pool->id);
    }
    for (const PoolId id : touched) {
        const Pool& pool = *context.fleet().pool(id);
        if (pool.drill) {
            pools::evaluate(context, id, pools::Occasion::Event);
        } else if ((pool.policy.drill_every_days > 0) != (pool.drill_next != WallTime{})) {
            arm(context, id);  // it is planned, or no more
        }
    }
}

void resume_all(StepContext& context) {
    for (const Pool* pool : context.fleet().pools()) {
        if (!pool->drill) continue;
        note(edit(context, pool->id), DrillResult::Aborted,
             "the controller was restarted meanwhile");
        // The wall clock was wrong then, or is now: what has begun has begun, and comes to an end.
        const WallTime last = std::max(pool->drill->started, pool->drill->home_since);
        if (last > context.wall()) shift(context, pool->id, context.wall() - last);
    }
}

bool silent(const Pool& pool) {
    return pool.drill && pool.drill->epoch == pool.epoch;
}

}  // namespace understudy::drills
