#include "controller/core/overrides.h"

#include <algorithm>

#include "controller/core/alarms.h"
#include "controller/core/losses.h"
#include "controller/core/pools.h"
#include "controller/core/records.h"

namespace understudy::overrides {
namespace {

using Forced = std::optional<Override>;

bool has_ended(const StepContext& context, const Forced& forced) {
    return forced && forced->until && *forced->until <= context.wall();
}

std::optional<WallTime> end_of(const Forced& forced) {
    return forced ? forced->until : std::nullopt;
}

std::optional<WallTime> earliest(std::optional<WallTime> one, std::optional<WallTime> other) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

std::optional<WallTime> first_end(const Fleet& fleet, std::int64_t thing) {
    if (thing == 0) {
        return earliest(end_of(fleet.controls().pause), end_of(fleet.controls().dry_run));
    }
    if (const Server* server = fleet.server(ServerId{thing})) return end_of(server->maintenance);
    if (const Pool* pool = fleet.pool(PoolId{thing})) {
        const Forced hold = pool->hold ? Forced{pool->hold->by} : std::nullopt;
        return earliest(end_of(hold), end_of(pool->dry_run));
    }
    return std::nullopt;
}

void log_end(StepContext& context, EventType type, const char* what, ServerId server, PoolId pool,
             const std::string& who) {
    LogLine line;
    line.type = type;
    line.reason = std::string{what} + (who.empty() ? " is over" : " was ended");
    line.server = server;
    line.pool = pool;
    line.who = who;
    context.tx.log(std::move(line));
}

// Back to writing: what was decided in thought meanwhile is decided anew from what is seen now.
void write_again(StepContext& context, PoolId pool) {
    context.tx.edit(pool).would = context.fleet().pool(pool)->target;
    records::aim_all(context, pool);
    pools::evaluate(context, pool, pools::Occasion::Loop);
}

}  // namespace

void arm(StepContext& context, std::int64_t thing) {
    const auto end = first_end(context.fleet(), thing);
    context.deadlines.set({DeadlineKey::Kind::Override, thing},
                          end ? std::max(context.now, context.clock.when(*end)) : kNever);
}

void arm_all(StepContext& context) {
    arm(context, 0);
    for (const Server* server : context.fleet().servers())
        arm(context, server->id.value);
    for (const Pool* pool : context.fleet().pools())
        arm(context, pool->id.value);
}

void due(StepContext& context, std::int64_t thing) {
    const Fleet& fleet = context.fleet();
    if (thing == 0) {
        if (has_ended(context, fleet.controls().pause)) end_pause(context, {});
        if (has_ended(context, fleet.controls().dry_run)) end_dry_run_of_all(context, {});
    } else if (const Server* server = fleet.server(ServerId{thing})) {
        if (has_ended(context, server->maintenance)) end_maintenance(context, server->id, {});
    } else if (const Pool* pool = fleet.pool(PoolId{thing})) {
        if (pool->hold && has_ended(context, pool->hold->by)) end_hold(context, pool->id, {});
        if (has_ended(context, pool->dry_run)) end_dry_run(context, pool->id, {});
    }
    arm(context, thing);
}

void end_maintenance(StepContext& context, ServerId id, const std::string& who) {
    context.tx.edit(id, [](Server& server) { server.maintenance.reset(); });
    log_end(context, EventType::MaintenanceEnded, "Maintenance", id, {}, who);
    arm(context, id.value);
    losses::review(context, id);
    alarms::review(context, id);
    const std::vector<PoolId> pools = context.fleet().pools_of(id);
    for (const PoolId pool : pools)
        pools::evaluate(context, pool, pools::Occasion::Event);
}

void end_hold(StepContext& context, PoolId id, const std::string& who) {
    context.tx.edit(id).hold.reset();
    log_end(context, EventType::HoldEnded, "Hold", {}, id, who);
    arm(context, id.value);
    pools::evaluate(context, id, pools::Occasion::Loop);
}

void end_dry_run(StepContext& context, PoolId id, const std::string& who) {
    context.tx.edit(id).dry_run.reset();
    log_end(context, EventType::DryRunEnded, "Dry run", {}, id, who);
    arm(context, id.value);
    write_again(context, id);
}

void end_pause(StepContext& context, const std::string& who) {
    context.tx.edit_controls().pause.reset();
    log_end(context, EventType::Resumed, "Pause", {}, {}, who);
    arm(context, 0);
    context.guards.told.erase(PoolId{});
    pools::evaluate_all(context, pools::Occasion::Loop);
}

void end_dry_run_of_all(StepContext& context, const std::string& who) {
    context.tx.edit_controls().dry_run.reset();
    log_end(context, EventType::DryRunEnded, "Dry run of everything", {}, {}, who);
    arm(context, 0);
    for (const Pool* pool : context.fleet().pools())
        if (!pool->dry_run) write_again(context, pool->id);
}

}  // namespace understudy::overrides
