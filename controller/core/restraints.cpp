#include "controller/core/restraints.h"

#include <algorithm>

#include "base/text.h"
#include "controller/core/announcer.h"
#include "controller/core/common_place.h"
#include "controller/core/evidence.h"
#include "controller/core/flapping.h"
#include "controller/core/observers.h"
#include "controller/core/readiness.h"

namespace understudy::restraints {
namespace {

constexpr std::size_t kNamesShown = 20;
constexpr const char* kMassLossLetsGo =
    "it lets go when most of them are back, or with 'understudyctl release --all' if they are dead "
    "indeed";

// When an override ends. One whose end has come is lifted at its own deadline, in this turn, and
// its pools are looked at then.
Instant instant_of(const EngineView& view, const std::optional<WallTime>& wall) {
    return wall && *wall > view.wall ? view.now + (*wall - view.wall) : kNever;
}

// --- what holds, without words: asked for every pool of a sweep ----------------------------------

Restraint doubt_until(const char* kind, bool global, Instant until) {
    Restraint held;
    held.kind = kind;
    held.doubts = true;
    held.global = global;
    held.until = until;
    return held;
}

Restraint forbidden_until(const char* kind, bool global, Instant until) {
    Restraint held = doubt_until(kind, global, until);
    held.doubts = false;
    return held;
}

Restraint stall(const EngineView& view) {
    return doubt_until("stall", true, view.guards.own.stall_ends());
}
Restraint warm_up(const EngineView& view) {
    return doubt_until("warm_up", false, view.guards.own.warm_up_ends(view.now));
}
Restraint mass_loss() {
    return doubt_until("mass_loss", true, kNever);
}
Restraint reconnecting(const EngineView& view) {
    return doubt_until("mass_loss", true, view.guards.own.grace_ends());
}
Restraint witness(const EngineView& view) {
    return doubt_until("witness", true, view.now + view.guards.witnesses.retry());
}
Restraint pause(const EngineView& view) {
    return forbidden_until("pause", true, instant_of(view, view.fleet.controls().pause->until));
}
Restraint hold(const EngineView& view, const Pool& pool) {
    return forbidden_until("hold", false, instant_of(view, pool.hold->by.until));
}
Restraint flapping_of(const EngineView& view, const Pool& pool) {
    return forbidden_until("flapping", false,
                           instant_of(view, flapping::held_until(pool.failovers, view.wall)));
}

// --- the words -----------------------------------------------------------------------------------

std::string names_of(const Fleet& fleet, std::span<const ServerId> servers) {
    std::string names;
    std::size_t shown = 0;
    for (const ServerId id : servers) {
        const Server* server = fleet.server(id);
        if (server == nullptr) continue;
        if (++shown > kNamesShown) return names + " and more";
        add_item(names, server->name);
    }
    return names;
}

std::string missing_words(const EngineView& view) {
    std::vector<ServerId> missing;
    for (const auto& [since, id] : view.guards.mass_loss.missing_servers())
        missing.push_back(id);
    return names_of(view.fleet, missing);
}

std::string mass_loss_words(const EngineView& view) {
    if (view.fleet.part()) return kManyLost;
    const std::vector<ServerId> lost = view.guards.mass_loss.lost_together();
    if (const auto place = common_place(view.fleet, lost)) {
        return sentence_of(*place) +
               " are lost and none elsewhere with them, too many at once to tell a failure there "
               "from one of the controller's own network: " +
               names_of(view.fleet, lost);
    }
    return std::to_string(view.guards.mass_loss.missing()) +
           " servers are lost, too many of them at once, which looks like the controller's own "
           "network: " +
           missing_words(view);
}

// Looks at every server: shown of every pool, it is found once.
template <typename Make>
std::string found_once(const EngineView& view, std::string SharedWords::*kept, Make make) {
    if (view.words == nullptr) return make(view);
    std::string& words = view.words->*kept;
    if (words.empty()) words = make(view);
    return words;
}

std::string release_of(const Pool& pool) {
    return "'understudyctl release " + pool.name + "'";
}

// Of what holds pool by pool, each is named.
std::string named(const Pool* pool, const char* state) {
    return pool == nullptr ? std::string{} : "pool '" + pool->name + "' " + state;
}

void word_doubt(const EngineView& view, const Pool* pool, Restraint& held) {
    if (held.kind == "stall") {
        held.why = "the controller itself was stalled";
        held.lets_go = "it lets go in " + to_text(held.until - view.now) +
                       ", when agents had time to be heard";
    } else if (held.kind == "warm_up") {
        held.why =
            named(pool, "is ") + "warming up: not every member has been seen since the start";
        held.lets_go = "it lets go when all have been, or in " + to_text(held.until - view.now);
    } else if (held.kind == "mass_loss" && !view.guards.mass_loss.doubted()) {
        const std::string names = found_once(view, &SharedWords::missing, missing_words);
        held.why = "most of the lost servers are back" +
                   (names.empty() ? "" : ", still missing: " + names);
        held.lets_go = "it lets go in " + to_text(held.until - view.now) +
                       ", when the others had time to return";
    } else if (held.kind == "mass_loss") {
        held.why = found_once(view, &SharedWords::mass_loss, mass_loss_words);
        held.lets_go = kMassLossLetsGo;
    } else {
        held.why = named(pool, "is held: ") + "no witness address has answered since the loss";
        held.lets_go = "it lets go when one answers (they are asked every " +
                       to_text(view.guards.witnesses.retry()) +
                       "), or with 'understudyctl release --all'";
    }
}

void word_hold(const EngineView& view, const Pool& pool, Restraint& held) {
    const std::string how = pool.hold->pinned
                                ? "pinned to '" + view.fleet.server(pool.hold->pinned)->name + "' "
                                : "held ";
    held.why = "pool '" + pool.name + "' is " + how + evidence::sentence_of(pool.hold->by);
    held.lets_go = "it lets go with " + release_of(pool);
}

void word_flapping(const EngineView& view, const Pool& pool, Restraint& held) {
    const WallTime until = flapping::held_until(pool.failovers, view.wall);
    held.why = "pool '" + pool.name + "' failed over " +
               std::to_string(flapping::recent(pool.failovers, pool.failovers.back())) +
               " times within an hour and stays where it is";
    held.lets_go =
        "it lets go after a quiet hour, at " + to_rfc3339(until) + ", or with " + release_of(pool);
    held.until = instant_of(view, until);
}

const MemberView* spared_one(const EngineView& view, const Pool& pool, const Situation& situation) {
    const Target& target = moving_target(view.fleet, pool);
    const auto at = std::ranges::find_if(situation.members, [&](const MemberView& member) {
        return member.fitness.spared && target.has(member.server);
    });
    return at == situation.members.end() ? nullptr : &*at;
}

void word_serving(const EngineView& view, const Pool& pool, Restraint& held) {
    const Situation situation = look_at(view, pool);
    const MemberView* one = spared_one(view, pool, situation);
    if (one == nullptr) return;
    const std::string name = "'" + view.fleet.server(one->server)->name + "'";
    const Word word = word_of_member(view, pool, one->server);
    held.why = "the link of server " + name + " is lost, but its service answers for " +
               observers::count_of(word.serving, word) + ": " +
               observers::sentence(view, one->server, service_of(pool.policy));
    held.lets_go =
        "it stays as long as it answers; to move it: 'understudyctl failover " + pool.name + "'";
}

// Doubt is about us and said once for all; what people forced is said of each pool that it keeps.
PoolId about(PoolId pool, const Restraint& restraint) {
    return restraint.global && restraint.doubts ? PoolId{} : pool;
}

std::optional<Restraint> doubt_of_all(const EngineView& view, const Pool& pool) {
    if (view.now < view.guards.own.stall_ends()) return stall(view);
    const bool seen = every_member_seen(view.liveness, pool);
    if (!seen && view.now < view.guards.own.warm_up_ends(view.now)) return warm_up(view);
    if (view.guards.mass_loss.doubted()) return mass_loss();
    if (view.now < view.guards.own.grace_ends()) return reconnecting(view);
    return std::nullopt;
}

// Automation that brings servers back into service is not held by doubts about losses.
std::optional<Restraint> doubt(const EngineView& view, const Pool& pool,
                               const Situation& situation) {
    if (auto doubted = doubt_of_all(view, pool)) return doubted;
    const bool loss = is_loss(situation.choice.cause);
    if (loss && unvouched(view, pool, situation.members, moving_target(view.fleet, pool)))
        return witness(view);
    return std::nullopt;
}

// A drill ends with the loss of its primary, once that is believed.
bool drill_in_doubt(const EngineView& view, const Pool& pool, const Situation& situation) {
    return pool.drill && pool.drill->phase == DrillPhase::Away &&
           unvouched(view, pool, situation.members, Target{pool.drill->from}) &&
           !doubt_of_all(view, pool);
}

}  // namespace

std::optional<Restraint> on(const EngineView& view, const Pool& pool, const Situation& situation) {
    if (auto doubted = doubt(view, pool, situation)) return doubted;
    if (view.fleet.controls().pause) return pause(view);
    if (pool.hold) return hold(view, pool);
    const auto need = situation.choice.cause == Cause::Load ? ChangeBudget::Need::Optional
                                                            : ChangeBudget::Need::Needed;
    if (const auto spent = view.guards.budget.forbids(view.fleet, pool, view.wall, need)) {
        return Restraint{"change_budget",
                         false,
                         false,
                         spent->what,
                         "it lets go at " + to_rfc3339(spent->until) +
                             ", or with 'understudyctl release " + pool.name + "'",
                         instant_of(view, spent->until)};
    }
    return std::nullopt;
}

std::optional<Restraint> staying(const EngineView& view, const Pool& pool,
                                 const Situation& situation) {
    if (drill_in_doubt(view, pool, situation)) return witness(view);
    if (spared_one(view, pool, situation) != nullptr)
        return forbidden_until("serving", false, kNever);
    if (situation.choice.not_ready) return forbidden_until("not_ready", false, kNever);
    return std::nullopt;
}

std::optional<Restraint> on_all(const EngineView& view) {
    if (view.now < view.guards.own.stall_ends()) return stall(view);
    if (view.guards.mass_loss.doubted()) return mass_loss();
    if (view.now < view.guards.own.grace_ends()) return reconnecting(view);
    if (view.fleet.controls().pause) return pause(view);
    return std::nullopt;
}

Restraint not_ready_of(const EngineView& view, const Pool& pool, ServerId member) {
    Restraint held = forbidden_until("not_ready", false, kNever);
    held.why = "server '" + view.fleet.server(member)->name + "' would serve pool '" + pool.name +
               "', but is " + readiness::sentence(view, pool, member);
    const bool back = member == pool.home() || pool.active_active();
    std::string order = (back ? "failback " : "failover ") + pool.name;
    const bool vouched = std::ranges::any_of(members_of(view, pool), [&](const MemberView& each) {
        return each.server == member && each.fitness.vouched;
    });
    // No healthy one: an order has to name it and to insist.
    if (vouched)
        order = "failover " + pool.name + " --to " + view.fleet.server(member)->name + " --force";
    held.lets_go =
        "it moves when that is ready; to move it all the same: 'understudyctl " + order + "'";
    return held;
}

Restraint mass_loss_of(const Fleet& fleet, std::span<const ServerId> lost) {
    Restraint held = mass_loss();
    if (const auto place = common_place(fleet, lost)) {
        held.why = sentence_of(*place) +
                   " lost at once and none elsewhere could not be told from a failure of the "
                   "controller's own network";
    } else {
        held.why = std::to_string(lost.size()) + " of " + std::to_string(fleet.expected_servers()) +
                   " servers lost at once would look like the controller's own network";
    }
    if (fleet.part())
        held.why = "so many servers lost at once would look like the controller's own network";
    held.lets_go = kMassLossLetsGo;
    return held;
}

std::optional<Restraint> on_pool(const EngineView& view, const Pool& pool) {
    const Situation situation = look_at(view, pool);
    const bool changes = situation.choice.action != Choice::Action::Stay;
    if (changes) {
        auto held = on(view, pool, situation);
        if (held && !(held->global && on_all(view))) return held;
    }
    const bool seen = every_member_seen(view.liveness, pool);
    if (!seen && view.now < view.guards.own.warm_up_ends(view.now)) return warm_up(view);
    if (pool.hold) return hold(view, pool);
    const bool flaps = flapping::held_until(pool.failovers, view.wall) > view.wall;
    if (flaps && !pool.at_home()) return flapping_of(view, pool);
    return staying(view, pool, situation);
}

Restraint worded(const EngineView& view, const Pool* pool, Restraint held) {
    if (held.doubts) {
        word_doubt(view, pool, held);
    } else if (held.kind == "pause") {
        held.why = "paused " + evidence::sentence_of(*view.fleet.controls().pause);
        held.lets_go = "it lets go with 'understudyctl resume'";
    } else if (held.kind == "hold") {
        word_hold(view, *pool, held);
    } else if (held.kind == "flapping") {
        word_flapping(view, *pool, held);
    } else if (held.kind == "serving") {
        word_serving(view, *pool, held);
    } else if (held.kind == "not_ready") {
        const ServerId one = look_at(view, *pool).choice.not_ready;
        if (one) held = not_ready_of(view, *pool, one);
    }
    return held;
}

std::optional<Restraint> told_of_everything(const EngineView& view) {
    auto held = on_all(view);
    if (held) held = worded(view, nullptr, std::move(*held));
    return held;
}

std::optional<Restraint> told_of_its_own(const EngineView& view, const Pool& pool) {
    auto held = on_pool(view, pool);
    if (!held) return std::nullopt;
    held->pool = pool.id;
    return worded(view, &pool, std::move(*held));
}

std::vector<Restraint> told_of_all(const EngineView& view) {
    std::vector<Restraint> held;
    if (auto all = told_of_everything(view)) held.push_back(std::move(*all));
    for (const Pool* pool : view.fleet.pools())
        if (auto one = told_of_its_own(view, *pool)) held.push_back(std::move(*one));
    return held;
}

std::optional<Restraint> told_of(const EngineView& view, const Pool& pool) {
    auto held = on_pool(view, pool);
    if (!held) held = on_all(view);
    if (held) held = worded(view, &pool, std::move(*held));
    return held;
}

bool told(const StepContext& context, PoolId pool, const Restraint& restraint) {
    const auto at = context.guards.told.find(about(pool, restraint));
    return at != context.guards.told.end() && at->second == restraint.kind;
}

void tell(StepContext& context, PoolId pool, const Restraint& restraint, const std::string& would) {
    if (told(context, pool, restraint)) return;
    const PoolId whose = about(pool, restraint);
    context.guards.told[whose] = restraint.kind;
    LogLine line;
    line.type = EventType::FailoverHeld;
    line.pool = whose;
    line.reason = worded(context.view(), context.fleet().pool(whose), restraint).sentence();
    line.detail = would;
    if (const Pool* held = context.fleet().pool(pool)) {
        const Situation seen = look_at(context.view(), *held);
        line.evidence = evidence::to_json(context.view(), *held, seen,
                                          evidence::rule_of(seen.choice) + "; it is held");
    }
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.pool = whose;
    notice.reason = line.reason;
    notice.detail = line.detail;
    notice.event = context.tx.log(std::move(line));
    if (whose) {
        context.announcer.gather(context, std::move(notice));
    } else {
        context.announcer.tell(context, std::move(notice));
    }
}

void over(StepContext& context, PoolId pool, bool stays) {
    if (!stays) context.guards.told.erase(pool);
    context.guards.witnesses.waits_no_more(pool);
    if (!context.guards.told.contains(PoolId{})) return;
    // Doubts come first in on_all(). Another pool may still wait for a witness: it was said for all
    // of them.
    const auto held = on_all(context.view());
    const bool doubted = (held && held->doubts) || context.guards.witnesses.awaited();
    if (!doubted) context.guards.told.erase(PoolId{});
}

}  // namespace understudy::restraints
