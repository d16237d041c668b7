#include "controller/core/drill_steps.h"

#include <utility>

#include "base/text.h"
#include "controller/core/announcer.h"
#include "controller/core/pools.h"
#include "controller/core/records.h"

namespace understudy::drills {
namespace {

std::string seconds_text(std::int64_t ms) {
    return to_text(Duration{ms});
}

void tell(StepContext& context, const Drill& drill, NoticeType type, std::string reason,
          std::string detail) {
    Notice notice;
    notice.type = type;
    notice.pool = drill.pool;
    notice.reason = std::move(reason);
    notice.detail = std::move(detail);
    LogLine line;
    line.type = event_type_of(type);
    line.pool = drill.pool;
    line.reason = notice.reason;
    line.detail = notice.detail;
    if (type == NoticeType::DrillStarted) line.who = drill.scheduled ? std::string{} : drill.by;
    notice.event = context.tx.log(std::move(line));
    context.announcer.tell(context, std::move(notice));
}

std::string course_of(const Drill& drill) {
    return "of pool '" + drill.pool_name + "' from '" + drill.from_name + "' to '" + drill.to_name +
           "'";
}

std::string leg_of(const char* way, std::int64_t confirmed_ms, std::int64_t served_ms) {
    if (confirmed_ms < 0) return std::string{way} + " not confirmed";
    std::string text = std::string{way} + " confirmed after " + seconds_text(confirmed_ms);
    return text + (served_ms < 0 ? "" : ", served after " + seconds_text(served_ms));
}

std::string detail_of(const Drill& drill) {
    std::string text = leg_of("the way out", drill.away_confirmed_ms, drill.away_served_ms);
    if (drill.phase == DrillPhase::Home || drill.home_confirmed_ms >= 0)
        text += "; " + leg_of("the way home", drill.home_confirmed_ms, drill.home_served_ms);
    if (drill.estimate_ms >= 0) text += "; reckoned: " + seconds_text(drill.estimate_ms);
    return drill.reason.empty() ? text : drill.reason + "; " + text;
}

}  // namespace

Drill& edit(StepContext& context, PoolId id) {
    return *context.tx.edit(id).drill;
}

void note(Drill& drill, DrillResult result, std::string reason) {
    if (drill.result != DrillResult::None) return;  // what came first is why
    drill.result = result;
    if (!reason.empty() && !drill.reason.empty()) reason += "; " + drill.reason;
    if (!reason.empty()) drill.reason = std::move(reason);
}

bool is_its_own(const Preference& preferred, const Drill& drill) {
    return preferred.server == drill.to && preferred.by.since == drill.started &&
           preferred.by.who == drill.by;
}

void undo_preference(StepContext& context, PoolId id) {
    const Pool& pool = *context.fleet().pool(id);
    if (pool.preferred && is_its_own(*pool.preferred, *pool.drill))
        context.tx.edit(id).preferred.reset();
}

void go_home(StepContext& context, PoolId id) {
    undo_preference(context, id);
    const ServerId primary = context.fleet().pool(id)->primary();
    pools::move(context, id, Target{primary}, Cause::Drill, {});
    const std::int64_t epoch = context.fleet().pool(id)->epoch;
    Drill& drill = edit(context, id);
    drill.phase = DrillPhase::Home;
    drill.home_since = context.wall();
    drill.epoch = epoch;
}

void finish(StepContext& context, PoolId id) {
    Pool& pool = context.tx.edit(id);
    Drill drill = *std::exchange(pool.drill, std::nullopt);
    const std::string detail = detail_of(drill);
    drill.phase = DrillPhase::Ended;
    drill.ended = context.wall();
    pool.last_drill = drill.ended;
    if (drill.result == DrillResult::Passed) pool.last_good_drill = drill.ended;
    pool.drill_next = next_after(pool, drill);
    const std::string result = to_text(drill.result);
    context.tx.keep(drill);
    tell(context, drill, NoticeType::DrillEnded, "Drill " + course_of(drill) + " " + result,
         detail);
    arm(context, id);
}

void drop(StepContext& context, PoolId id, DrillResult result, std::string why) {
    undo_preference(context, id);
    note(edit(context, id), result, std::move(why));
    finish(context, id);
    if (context.fleet().pool(id)->failed_over()) records::tell_away(context, id);
}

void start(StepContext& context, PoolId id, const Plan& plan) {
    const Fleet& fleet = context.fleet();
    const Pool& known = *fleet.pool(id);
    Drill drill;
    drill.id = context.tx.next_id<DrillId>();
    drill.pool = id;
    drill.pool_name = known.name;
    drill.from = known.primary();
    drill.to = plan.to;
    drill.from_name = fleet.server(drill.from)->name;
    drill.to_name = fleet.server(drill.to)->name;
    drill.by = plan.by;
    drill.why = plan.why;
    drill.scheduled = plan.scheduled;
    drill.started = context.wall();
    drill.stay_s = plan.stay.count();
    drill.estimate_ms = estimate(context.view(), known, Target{plan.to}).count();
    drill.epoch = known.epoch + 1;  // the switch that follows
    tell(context, drill, NoticeType::DrillStarted, "Drill " + course_of(drill) + " begun",
         "it serves for " + to_text(Duration{plan.stay}) + " and goes home by itself" +
             (plan.why.empty() ? "" : ": " + plan.why));
    const WallTime until = drill.started + plan.stay;
    Pool& pool = context.tx.edit(id);
    pool.preferred = Preference{{plan.by, "drill", drill.started, until}, plan.to};
    pool.drill = std::move(drill);
    const std::string who = plan.scheduled ? std::string{} : plan.by;
    pools::move(context, id, Target{plan.to}, Cause::Drill, who);
    pools::evaluate(context, id, pools::Occasion::Loop);
}

void end(StepContext& context, PoolId id, const std::string& who) {
    note(edit(context, id), DrillResult::Aborted, "it was ended by " + who);
    pools::evaluate(context, id, pools::Occasion::Loop);
}

void give_way(StepContext& context, PoolId id, const std::string& why) {
    if (!context.fleet().pool(id)->drill) return;
    drop(context, id, DrillResult::Aborted, why);
}

void pool_goes(StepContext& context, PoolId id) {
    if (context.fleet().pool(id)->drill) {
        undo_preference(context, id);
        note(edit(context, id), DrillResult::Aborted, "its pool was removed");
        finish(context, id);
    }
    context.deadlines.clear({DeadlineKey::Kind::Drill, id.value});
}

void shift(StepContext& context, PoolId id, Duration by) {
    Pool& pool = context.tx.edit(id);
    if (pool.preferred && is_its_own(*pool.preferred, *pool.drill)) {
        pool.preferred->by.since += by;
        if (pool.preferred->by.until) *pool.preferred->by.until += by;
    }
    pool.drill->started += by;
    if (pool.drill->home_since != WallTime{}) pool.drill->home_since += by;
}

void clock_stepped(StepContext& context, Duration by) {
    for (const Pool* known : context.fleet().pools())
        if (known->drill) shift(context, known->id, by);
}

}  // namespace understudy::drills
