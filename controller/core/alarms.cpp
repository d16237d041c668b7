#include "controller/core/alarms.h"

#include <algorithm>

#include "base/notice_reasons.h"
#include "controller/core/announcer.h"

namespace understudy::alarms {
namespace {

DeadlineKey deadline_of(ServerId server) {
    return {DeadlineKey::Kind::Alarm, server.value};
}

Instant grace_ends(const StepContext& context, const Liveness& liveness) {
    return liveness.left_at + context.timings.restart_grace;
}

// What people should have been told by now; none: what they were told stands.
std::optional<Alarm> state_to_tell(const StepContext& context, const Server& server,
                                   const Liveness& liveness) {
    const Health health = health_of(liveness, context.now, context.default_policy.health_timeout_s);
    if (server.maintenance && health != Health::Online) return std::nullopt;
    // Most servers at once: it is said once that they seem lost, not once for each.
    if (health != Health::Online && context.guards.mass_loss.doubted()) return std::nullopt;
    if (health != Health::Online && context.now < context.guards.own.grace_ends())
        return std::nullopt;
    switch (health) {
        case Health::Online:
            return Alarm::None;
        case Health::Error:
            return Alarm::Error;
        case Health::Stale:
            return Alarm::Down;
        case Health::Unknown: {
            const bool believed =
                server.ever_seen && context.now >= context.guards.own.warm_up_ends(context.now);
            return believed ? std::optional{Alarm::Down} : std::nullopt;
        }
        case Health::Offline: {
            const bool announced = liveness.departure == Departure::Restart;
            if (announced && context.now < grace_ends(context, liveness)) return std::nullopt;
            return Alarm::Down;
        }
    }
    return std::nullopt;
}

NoticeType type_of(Alarm alarm) {
    switch (alarm) {
        case Alarm::None:
            return NoticeType::ServerUp;
        case Alarm::Down:
            return NoticeType::ServerDown;
        case Alarm::Error:
            return NoticeType::ServerError;
    }
    return NoticeType::ServerDown;
}

// When waiting alone changes what people should be told. A live server's time moves on with every
// frame; it is looked up again when the old one has come, so that frames need not touch the
// deadlines.
Instant next_change(const StepContext& context, const Liveness& liveness, Alarm alarm) {
    if (context.now < context.guards.own.grace_ends()) return context.guards.own.grace_ends();
    if (!liveness.last_seen || alarm == Alarm::Down) return kNever;
    if (liveness.linked) {
        return *liveness.last_seen + context.default_policy.health_timeout_s + Duration{1};
    }
    return liveness.departure == Departure::Restart ? grace_ends(context, liveness) : kNever;
}

// An alarm that is kept back (maintenance, mass loss) is reviewed when that ends.
Instant look_again_at(const StepContext& context, const Server& server, Alarm alarm) {
    Instant at = next_change(context, context.liveness.of(server.id), alarm);
    if (at <= context.now) at = kNever;
    const bool waits = worse(server.alarm, alarm);
    const auto steady = context.steadiness.restless_until(server.id, context.now);
    return waits && steady ? std::min(at, *steady) : at;
}

// Of one that comes and goes: that more will not be told, and how often it did so untold.
std::string unrest(const StepContext& context, const Server& server, Alarm alarm) {
    const Steadiness& steadiness = context.steadiness;
    const std::string window = to_text(steadiness.limits().window);
    if (alarm != Alarm::None) {
        if (!steadiness.restless_until(server.id, context.now)) return {};
        return "it came and went " + std::to_string(steadiness.limits().turns) + " times within " +
               window + "; what follows is told when it has held still for so long";
    }
    const std::size_t untold = steadiness.untold(server.id);
    if (untold == 0) return {};
    return "it came and went " + std::to_string(untold) + (untold == 1 ? " time" : " times") +
           " more since it was last told";
}

// Flapping links of one failed-over server stay one incident, and so one mail thread.
IncidentId incident_for(StepContext& context, const Server& server) {
    if (server.incident) return server.incident;
    for (const PoolId id : context.fleet().pools_of(server.id)) {
        const Pool& pool = *context.fleet().pool(id);
        if (pool.primary() == server.id && pool.failed_over()) return pool.incident;
    }
    return context.tx.next_id<IncidentId>();
}

void change(StepContext& context, ServerId id, Alarm alarm) {
    std::string detail = unrest(context, *context.fleet().server(id), alarm);
    context.steadiness.told(id);
    const IncidentId incident = incident_for(context, *context.fleet().server(id));
    context.tx.edit(id, [&](Server& server) {
        server.alarm = alarm;
        server.incident = alarm == Alarm::None ? IncidentId{} : incident;
    });

    LogLine line;
    line.type = event_type_of(type_of(alarm));
    line.server = id;
    line.incident = incident;
    if (health_of(context.liveness.of(id), context.now, context.default_policy.health_timeout_s) ==
        Health::Stale) {
        context.tx.sight(id, Sight::Unseen);
    }
    line.reason =
        sentence_of(context.liveness.of(id), context.now, context.default_policy.health_timeout_s);
    Notice notice;
    notice.type = type_of(alarm);
    notice.incident = incident;
    notice.server = id;
    notice.reason = line.reason;
    line.detail = notice.detail = std::move(detail);
    notice.event = context.tx.log(std::move(line));
    context.announcer.tell(context, std::move(notice));
}

bool may_tell(const StepContext& context, const Server& server, Alarm alarm) {
    if (alarm == server.alarm) return false;
    return worse(alarm, server.alarm) || !context.steadiness.restless_until(server.id, context.now);
}

}  // namespace

void review(StepContext& context, ServerId id) {
    const Server& server = *context.fleet().server(id);
    const Liveness& liveness = context.liveness.of(id);
    if (!server.ever_seen && liveness.last_seen) {
        context.tx.edit(id, [](Server& seen) { seen.ever_seen = true; });
    }

    const auto state = state_to_tell(context, server, liveness);
    if (state) context.steadiness.is(id, *state, context.now);
    const Alarm alarm = state.value_or(server.alarm);
    if (may_tell(context, server, alarm)) change(context, id, alarm);

    context.deadlines.set(deadline_of(id), look_again_at(context, server, alarm));
}

void review_all(StepContext& context) {
    for (const Server* server : context.fleet().servers())
        review(context, server->id);
}

void end_with(StepContext& context, const Server& server, LogLine removal) {
    const char* state = server.alarm == Alarm::Down ? "down" : "in error";
    removal.reason += std::string{" while "} + state;
    removal.incident = server.incident;
    Notice notice;
    notice.type = NoticeType::ServerUp;
    notice.incident = server.incident;
    notice.server = server.id;
    notice.reason = std::string{kRemovedWhile} + state;
    notice.event = context.tx.log(std::move(removal));
    context.announcer.tell(context, std::move(notice));
}

}  // namespace understudy::alarms
