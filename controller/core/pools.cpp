#include "controller/core/pools.h"

#include <algorithm>

#include "base/text.h"
#include "controller/core/announcer.h"
#include "controller/core/drills.h"
#include "controller/core/evidence.h"
#include "controller/core/flapping.h"
#include "controller/core/outages.h"
#include "controller/core/records.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::pools {
namespace {

using Action = Choice::Action;

std::string target_text(const Fleet& fleet, const Pool& pool, const Target& target) {
    return to_string(fleet.addresses_of(pool, target, true));
}

// Who of `some` is not in `others`, in member order.
std::string names_missing(const Fleet& fleet, const Pool& pool, const Target& some,
                          const Target& others) {
    std::string names;
    for (const ServerId member : pool.members) {
        if (!some.has(member) || others.has(member)) continue;
        add_item(names, fleet.server(member)->name);
    }
    return names;
}

// Where several serve, "Member down" alone would leave people to guess which.
std::string reason_of_move(const Fleet& fleet, const Pool& pool, const Target& from,
                           const Target& to, Cause cause) {
    std::string names;
    if (cause == Cause::MemberDown) names = names_missing(fleet, pool, from, to);
    if (cause == Cause::MemberRecovered) names = names_missing(fleet, pool, to, from);
    return reason_of(cause) + (names.empty() ? "" : ": " + names);
}

bool takes_out(Cause cause) {
    return is_loss(cause) || cause == Cause::Maintenance;
}

bool any_down(const Situation& situation, const Target& target) {
    return std::ranges::any_of(situation.members, [&](const MemberView& member) {
        return target.has(member.server) && member.fitness.standing == Standing::Down;
    });
}

// People are told only when something was lost; nobody waits for a way home that is held.
bool worth_telling(const Situation& situation, const Target& target) {
    const Choice& choice = situation.choice;
    if (any_down(situation, target)) return true;
    return choice.cause != Cause::PreferredRecovered && choice.cause != Cause::PrimaryRecovered &&
           choice.cause != Cause::MemberRecovered && choice.cause != Cause::MemberBack &&
           choice.cause != Cause::Load;
}

bool serves(const Situation& situation, const Target& target) {
    return std::ranges::any_of(situation.members, [&](const MemberView& member) {
        return target.has(member.server) && member.fitness.standing == Standing::Healthy;
    });
}

// Of what keeps it where it is: of a stand-by that is not ready people were told for itself.
bool worth_telling(const Restraint& stays, const Situation& situation, const Target& target) {
    return stays.kind != "not_ready" || any_down(situation, target);
}

std::string would(const StepContext& context, const Pool& pool, const Choice& choice) {
    const Fleet& fleet = context.fleet();
    const Target& from = moving_target(fleet, pool);
    if (choice.action == Action::Outage && choice.target == from) {
        return "pool '" + pool.name + "' would be in outage: " + reason_of(choice.cause);
    }
    return "pool '" + pool.name + "' would move from " + target_text(fleet, pool, from) + " to " +
           target_text(fleet, pool, choice.target) + ": " + reason_of(choice.cause);
}

constexpr std::size_t kPoolsNamed = 20;

// What a doubt about everything keeps from is said once, so it is said of all pools then.
std::string would_all(const StepContext& context, const Restraint& held) {
    std::string text;
    std::size_t count = 0;
    for (const Pool* pool : context.fleet().pools()) {
        const Situation seen = look_at(context.view(), *pool);
        const bool known = seen.choice.action == Action::Outage && pool->outage;
        if (seen.choice.action == Action::Stay || known ||
            context.fleet().domains_of(pool->id).empty() ||
            !worth_telling(seen, moving_target(context.fleet(), *pool)))
            continue;
        const auto kept = restraints::on(context.view(), *pool, seen);
        if (!kept || kept->kind != held.kind || ++count > kPoolsNamed) continue;
        text += (text.empty() ? "" : "; ") + would(context, *pool, seen.choice);
    }
    if (count <= kPoolsNamed) return text;
    return text + "; and " + std::to_string(count - kPoolsNamed) + " more pools";
}

// In a dry run: what is logged and told is the same, what is written is nothing.
void move_in_thought(StepContext& context, PoolId id, const Situation& situation) {
    const Choice& choice = situation.choice;
    const Pool& pool = *context.fleet().pool(id);
    const std::string sentence = would(context, pool, choice);
    const bool away = pool.away(choice.target);
    LogLine line = line_of(pool, away ? EventType::FailoverInDryRun : EventType::FailbackInDryRun);
    line.from = target_text(context.fleet(), pool, pool.would);
    line.to = target_text(context.fleet(), pool, choice.target);
    line.reason = std::string{"Would have: "} + reason_of(choice.cause);
    line.detail = evidence::sentence(context.view(), pool);
    line.evidence = evidence::to_json(context.view(), pool, situation, evidence::rule_of(choice));
    Notice notice;
    notice.type = NoticeType::FailoverHeld;
    notice.pool = id;
    notice.reason = "Dry run, nothing is written: " + sentence;
    notice.detail = line.detail;
    notice.event = context.tx.log(std::move(line));
    context.tx.edit(id).would = choice.target;
    context.announcer.gather(context, std::move(notice));
}

// Rule 10: the third failover within an hour is the last for a while, and people hear of it.
void note_flapping(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    const auto held = restraints::on_pool(context.view(), pool);
    if (held && held->kind == "flapping") {
        restraints::tell(context, id, *held, "it will not go back by itself meanwhile");
    }
}

void move_by_itself(StepContext& context, PoolId id, const Situation& situation) {
    if (in_dry_run(context.fleet(), *context.fleet().pool(id))) {
        return move_in_thought(context, id, situation);
    }
    const Cause cause = situation.choice.cause;
    const bool leaves_home = context.fleet().pool(id)->at_home() &&
                             (cause == Cause::PrimaryDown || cause == Cause::PreferredDown);
    // With one member out for good the pool is never at home, and the others may flap all the same.
    const bool failover = leaves_home || cause == Cause::MemberDown;
    move(context, id, situation.choice.target, cause, {});
    count_change(context, id);
    if (!failover) return;
    flapping::remember(context.tx.edit(id).failovers, context.wall());
    note_flapping(context, id);
}

// What the choice asks for, as far as nothing keeps from it. Returns when to look again.
Instant carry_out(StepContext& context, PoolId id, const Situation& situation) {
    const Choice& choice = situation.choice;
    const Pool& pool = *context.fleet().pool(id);
    const bool moves =
        choice.action != Action::Stay && choice.target != moving_target(context.fleet(), pool);
    const bool outage =
        choice.action == Action::Outage && !pool.outage && !context.fleet().domains_of(id).empty();
    std::optional<Restraint> held;
    if (moves || outage) held = restraints::on(context.view(), pool, situation);
    // An outage moves nothing: only doubt keeps from saying it.
    if (held && !held->doubts && !moves) held.reset();
    const bool telling = held && worth_telling(situation, moving_target(context.fleet(), pool)) &&
                         !restraints::told(context, id, *held);
    if (telling) {
        const bool of_all = held->global && held->doubts;
        restraints::tell(context, id, *held,
                         of_all ? would_all(context, *held) : would(context, pool, choice));
    }
    const auto stays =
        held || moves ? std::nullopt : restraints::staying(context.view(), pool, situation);
    const bool awaits = (held && held->kind == "witness") || (stays && stays->kind == "witness");
    if (awaits) {
        context.tx.ask_witnesses();
        context.guards.witnesses.wait(id);
    }
    const bool told =
        stays && worth_telling(*stays, situation, moving_target(context.fleet(), pool));
    if (told) {
        restraints::tell(context, id, *stays,
                         stays->kind == "serving" ? "server_down was told; no record is changed"
                                                  : "no record is changed");
    }
    if (!held && !awaits) restraints::over(context, id, told);
    // An override whose end has come is lifted by a deadline of its own, which looks here again.
    const bool lets_go = held && held->until > context.now;
    const Instant again =
        lets_go ? std::min(choice.reconsider_at, held->until) : choice.reconsider_at;
    if (held && held->doubts) return again;

    if (outage) {
        const bool written = !held && !in_dry_run(context.fleet(), pool);
        outages::start(context, id, choice.target.is_fallback() && written);
    } else if (pool.outage && choice.action != Action::Outage && choice.any_healthy &&
               (!choice.not_ready || serves(situation, moving_target(context.fleet(), pool)))) {
        outages::end(context, id);
    }
    if (!moves || held) return again;
    move_by_itself(context, id, situation);
    // The choice was carried out: what made it due is over. Look again at what is next.
    return look_at(context.view(), *context.fleet().pool(id)).choice.reconsider_at;
}

bool in_doubt(const Fleet& fleet, const Pool& pool, const Situation& situation) {
    const Target& target = moving_target(fleet, pool);
    return std::ranges::any_of(situation.members, [&](const MemberView& member) {
        return target.has(member.server) && member.fitness.standing == Standing::Suspect &&
               !member.fitness.vouched;
    });
}

}  // namespace

void evaluate(StepContext& context, PoolId id, Occasion occasion) {
    drills::review(context, id);
    const Pool& pool = *context.fleet().pool(id);
    const bool maintenance = pool.policy.reaction == Reaction::Maintenance;
    if (maintenance && occasion == Occasion::Event) return;
    const DeadlineKey deadline{DeadlineKey::Kind::Pool, id.value};
    const Situation situation = look_at(context.view(), pool);
    Instant again = carry_out(context, id, situation);
    // The loop looks once more at what it found in doubt; all else waits for the next.
    if (maintenance && !in_doubt(context.fleet(), pool, situation)) again = kNever;
    ensure(again > context.now);
    context.deadlines.set(deadline, again);
}

void evaluate_all_of(StepContext& context, ServerId member) {
    // A copy: carrying out an evaluation changes no membership, but the reader need not know.
    const std::vector<PoolId> pools = context.fleet().pools_of(member);
    for (const PoolId pool : pools)
        evaluate(context, pool, Occasion::Event);
}

void evaluate_due(StepContext& context, PoolId id) {
    const bool maintenance = context.fleet().pool(id)->policy.reaction == Reaction::Maintenance;
    evaluate(context, id, maintenance ? Occasion::Loop : Occasion::Event);
}

void evaluate_all(StepContext& context, Occasion occasion) {
    for (const Pool* pool : context.fleet().pools())
        evaluate(context, pool->id, occasion);
}

void count_change(StepContext& context, PoolId id) {
    context.guards.budget.count(context.tx.edit(id).changes, context.wall());
    for (const DomainId domain : context.fleet().domains_of(id)) {
        Domain& changed = context.tx.edit(domain);
        context.guards.budget.count(changed.record.changes, context.wall());
        context.guards.budget.count(changed.provider, context.wall());
    }
}

void stay_away(StepContext& context, PoolId id, Cause cause) {
    Pool& pool = context.tx.edit(id);
    pool.reason = reason_of(cause);
    if (is_loss(cause)) flapping::remember(pool.failovers, context.wall());
}

void move(StepContext& context, PoolId id, const Target& target, Cause cause, std::string who) {
    context.announcer.flush(context, context.fleet().pool(id)->incident);
    const bool leaves_home = !context.fleet().pool(id)->failed_over();
    const IncidentId incident =
        leaves_home ? outages::incident_of(context, *context.fleet().pool(id)) : IncidentId{};
    Situation seen = look_at(context.view(), *context.fleet().pool(id));
    // Whom a person moves it to is another choice.
    if (seen.choice.target != target) seen.choice.passed_over = {};
    seen.choice.cause = cause;

    Pool& pool = context.tx.edit(id);
    const Target before = pool.target;
    pool.target = target;
    pool.would = target;
    ++pool.epoch;
    pool.reason = reason_of_move(context.fleet(), pool, before, target, cause);
    if (leaves_home) pool.incident = incident;

    const bool away = pool.failed_over() || takes_out(cause);
    LogLine line = line_of(pool, away ? EventType::FailoverDecided : EventType::FailbackDecided);
    line.from = target_text(context.fleet(), pool, before);
    line.to = target_text(context.fleet(), pool, target);
    line.reason = pool.reason;
    line.detail = evidence::sentence(context.view(), pool);
    line.evidence = evidence::to_json(context.view(), pool, seen, evidence::rule_of(seen.choice));
    line.who = std::move(who);
    context.tx.log(std::move(line));
    records::aim_all(context, id);
}

}  // namespace understudy::pools
