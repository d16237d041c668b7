#include "controller/core/pools.h"

#include <algorithm>

#include "controller/core/announcer.h"
#include "controller/core/records.h"

namespace understudy::pools {
namespace {

FitnessRules rules_of(const StepContext& context, const Policy& policy) {
    return {policy.reaction, policy.confirm_s, policy.health_timeout_s,
            context.timings.restart_grace, context.guard.warm_up_ends()};
}

std::vector<MemberView> members_of(const StepContext& context, const Pool& pool) {
    const FitnessRules rules = rules_of(context, pool.policy);
    std::vector<MemberView> members;
    members.reserve(pool.members.size());
    for (const ServerId id : pool.members) {
        const Server& server = *context.fleet().server(id);
        members.push_back({id, fitness_of(server, context.liveness.of(id), context.now, rules)});
    }
    return members;
}

bool every_member_seen(const StepContext& context, const Pool& pool) {
    return std::ranges::all_of(
        pool.members, [&](ServerId id) { return context.liveness.of(id).last_seen.has_value(); });
}

// "web1 offline for 30.0 s: link closed; web2 online for 5 min 2 s": the counts behind a decision.
std::string evidence_of(const StepContext& context, const Pool& pool) {
    std::string out;
    for (const ServerId id : pool.members) {
        if (!out.empty()) out += "; ";
        out += context.fleet().server(id)->name + " ";
        out += sentence_of(context.liveness.of(id), context.now, pool.policy.health_timeout_s);
    }
    return out + "; confirm_s " + std::to_string(pool.policy.confirm_s.count());
}

std::string target_text(const StepContext& context, const Pool& pool, const Target& target) {
    return to_string(context.fleet().addresses_of(pool, target, true));
}

IncidentId incident_of(StepContext& context, const Pool& pool) {
    if (pool.outage && pool.incident) return pool.incident;  // its fallback is the same story
    const IncidentId open = context.fleet().server(pool.primary())->incident;
    return open ? open : context.tx.next_id<IncidentId>();
}

LogLine line_of(const Pool& pool, std::string type) {
    LogLine line;
    line.type = std::move(type);
    line.pool = pool.id;
    line.server = pool.primary();
    line.incident = pool.incident;
    return line;
}

void tell_outage(StepContext& context, const Pool& pool, NoticeType type,
                 const std::string& reason) {
    LogLine line = line_of(pool, to_text(type));
    line.reason = reason;
    line.detail = evidence_of(context, pool);
    Notice notice;
    notice.type = type;
    notice.incident = pool.incident;
    notice.pool = pool.id;
    notice.server = pool.primary();
    notice.reason = line.reason;
    notice.detail = line.detail;
    notice.event = context.tx.log(std::move(line));
    for (const DomainId id : context.fleet().domains_of(pool.id)) {
        const Domain& domain = *context.fleet().domain(id);
        const std::string holds = to_string(domain.record.confirmed);
        notice.domains.push_back({domain.name, holds, holds});
        if (notice.domains.size() == 1000) break;
    }
    context.announcer.tell(context, std::move(notice));
}

void start_outage(StepContext& context, PoolId id, bool to_fallback) {
    const IncidentId incident = incident_of(context, *context.fleet().pool(id));
    Pool& pool = context.tx.edit(id);
    pool.outage = true;
    if (!pool.failed_over()) pool.incident = incident;
    pool.reason = reason_of(Cause::NobodyHealthy);
    tell_outage(context, pool, NoticeType::OutageStarted,
                to_fallback ? "No healthy member: the fallback address is published"
                            : "No healthy member: the record stays as it is");
}

void end_outage(StepContext& context, PoolId id) {
    Pool& pool = context.tx.edit(id);
    pool.outage = false;
    if (!pool.failed_over()) pool.reason.clear();
    tell_outage(context, pool, NoticeType::OutageResolved, "First healthy member back");
}

void apply(StepContext& context, PoolId id, const Choice& choice) {
    const Pool& pool = *context.fleet().pool(id);
    if (choice.action == Choice::Action::Outage) {
        if (!pool.outage) start_outage(context, id, choice.target.is_fallback());
    } else if (pool.outage && choice.any_healthy) {
        end_outage(context, id);
    }
    if (choice.action != Choice::Action::Stay && choice.target != pool.target) {
        move(context, id, choice.target, choice.cause, {});
    }
}

}  // namespace

void evaluate(StepContext& context, PoolId id, Occasion occasion) {
    const Pool& pool = *context.fleet().pool(id);
    const DeadlineKey deadline{DeadlineKey::Kind::Pool, id.value};
    const Instant held_until = context.guard.holds_until(every_member_seen(context, pool));
    if (context.now < held_until) {
        context.deadlines.set(deadline, held_until);
        return;
    }
    if (pool.policy.reaction == Reaction::Maintenance && occasion == Occasion::Event) {
        context.deadlines.clear(deadline);
        return;
    }
    const auto members = members_of(context, pool);
    const Choice choice = choose(members, pool.target, pool.policy, context.now);
    apply(context, id, choice);
    Instant again = choice.reconsider_at;
    // The choice was carried out: what made it due is over. Look again at what is next.
    if (choice.action == Choice::Action::Move) {
        again = choose(members, pool.target, pool.policy, context.now).reconsider_at;
    }
    ensure(again > context.now);
    context.deadlines.set(deadline, again);
}

void evaluate_all(StepContext& context, Occasion occasion) {
    for (const Pool* pool : context.fleet().pools())
        evaluate(context, pool->id, occasion);
}

void move(StepContext& context, PoolId id, const Target& target, Cause cause, std::string who) {
    context.announcer.flush(context, context.fleet().pool(id)->incident);
    const bool leaves_home = !context.fleet().pool(id)->failed_over();
    const IncidentId incident =
        leaves_home ? incident_of(context, *context.fleet().pool(id)) : IncidentId{};

    Pool& pool = context.tx.edit(id);
    const Target before = pool.target;
    pool.target = target;
    ++pool.epoch;
    pool.reason = reason_of(cause);
    if (leaves_home) pool.incident = incident;

    LogLine line = line_of(pool, pool.failed_over() ? "failover_decided" : "failback_decided");
    line.from = target_text(context, pool, before);
    line.to = target_text(context, pool, target);
    line.reason = pool.reason;
    line.detail = evidence_of(context, pool);
    line.who = std::move(who);
    context.tx.log(std::move(line));

    // A copy: aiming may flush digests, which touches other domains but no membership.
    const std::vector<DomainId> domains = context.fleet().domains_of(id);
    for (const DomainId domain : domains)
        records::aim(context, domain);
}

}  // namespace understudy::pools
