#include "controller/core/outages.h"

#include "controller/core/announcer.h"
#include "controller/core/evidence.h"
#include "controller/core/situation.h"

namespace understudy::outages {
namespace {

std::string evidence_of(const StepContext& context, const Pool& pool, Cause cause) {
    Situation seen = look_at(context.view(), pool);
    seen.choice.cause = cause;
    return evidence::to_json(context.view(), pool, seen, evidence::rule_of(seen.choice));
}

void tell(StepContext& context, const Pool& pool, NoticeType type, const std::string& reason) {
    const bool starts = type == NoticeType::OutageStarted;
    LogLine line = line_of(pool, event_type_of(type));
    line.reason = reason;
    line.detail = evidence::sentence(context.view(), pool);
    line.evidence = evidence_of(context, pool, starts ? Cause::NobodyHealthy : Cause::MemberBack);
    Notice notice;
    notice.type = type;
    notice.incident = pool.incident;
    notice.pool = pool.id;
    notice.server = pool.face();
    notice.reason = line.reason;
    notice.detail = line.detail;
    notice.event = context.tx.log(std::move(line));
    for (const DomainId id : context.fleet().domains_of(pool.id)) {
        const Domain& domain = *context.fleet().domain(id);
        const std::string holds = to_string(domain.record.confirmed);
        notice.add({domain.name, holds, holds});
    }
    context.announcer.gather(context, std::move(notice));
}

}  // namespace

IncidentId incident_of(StepContext& context, const Pool& pool) {
    if (pool.outage && pool.incident) return pool.incident;  // its fallback is the same story
    for (const ServerId member : pool.members) {
        const Server& server = *context.fleet().server(member);
        const bool serves = pool.target.has(member);
        if (serves && server.incident) return server.incident;
    }
    return context.tx.next_id<IncidentId>();
}

void start(StepContext& context, PoolId id, bool to_fallback) {
    const IncidentId incident = incident_of(context, *context.fleet().pool(id));
    Pool& pool = context.tx.edit(id);
    pool.outage = true;
    if (!pool.failed_over()) pool.incident = incident;
    tell(context, pool, NoticeType::OutageStarted,
         to_fallback ? "No healthy member: the fallback address is published"
                     : "No healthy member: the record stays as it is");
}

void end(StepContext& context, PoolId id) {
    Pool& pool = context.tx.edit(id);
    pool.outage = false;
    tell(context, pool, NoticeType::OutageResolved, "First healthy member back");
}

}  // namespace understudy::outages
