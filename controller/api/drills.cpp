// Practice switches: those of the past, and the one that is away.
#include <algorithm>

#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/page.h"
#include "controller/api/view_parts.h"
#include "controller/core/within.h"

namespace understudy::api {
namespace {

struct DrillsAsked {
    DrillQuery query;
    std::optional<LinesAbout> about;  // whom the answer may name; none: everybody
};

// -1: it is not known, or not yet.
std::optional<double> in_seconds(std::int64_t ms) {
    return ms < 0 ? std::nullopt : std::optional{static_cast<double>(ms) / 1000.0};
}

void write_leg(json::Writer& out, std::string_view name, std::int64_t confirmed_ms,
               std::int64_t served_ms) {
    out.key(name).begin_object().field("confirmed_s", in_seconds(confirmed_ms));
    out.field("served_s", in_seconds(served_ms)).end_object();
}

// History outlives the pools: an id that is no longer there is fine.
PoolId read_pool_or_id(const Fleet& fleet, Query& query) {
    const auto key = query.text("pool");
    if (!key) return {};
    if (const auto found = find_pool(fleet, *key)) return (*found)->id;
    const PoolId id{parse_id(*key)};
    if (!id) {
        query.complain("pool", quoted(*key) + " is not registered",
                       "give the id to see drills of a pool that was removed");
    }
    return id;
}

DrillsAsked seen_by(const Call& call) {
    DrillsAsked asked;
    asked.about = call.api.engine.lines();
    if (asked.about) asked.query.among = asked.about->pools;
    return asked;
}

void read_drills(const Call& call, Query& query, DrillQuery& drills) {
    drills.pool = read_pool_or_id(call.api.fleet(), query);
    drills.before = DrillId{read_cursor(query)};
    drills.limit = static_cast<int>(read_limit(query)) + 1;  // one more: there is a next page
}

// A member that has left the pool or the fleet since may be another's now, or have been.
void hide(std::string& name, std::string& reason) {
    const std::string named = "'" + name + "'", hidden = std::string{"'"} + within::kMask + "'";
    for (std::size_t at = reason.find(named); at != std::string::npos; at = reason.find(named))
        reason.replace(at, named.size(), hidden);
    name = within::kMask;
}

Result<std::vector<Drill>> drills_of(Archive& archive, const DrillsAsked& asked) {
    auto rows = archive.drills(asked.query);
    if (!rows || !asked.about) return rows;
    const auto& seen = asked.about->servers;
    for (Drill& drill : *rows) {
        if (std::ranges::find(seen, drill.from) == seen.end()) hide(drill.from_name, drill.reason);
        if (std::ranges::find(seen, drill.to) == seen.end()) hide(drill.to_name, drill.reason);
    }
    return rows;
}

Result<std::string> page_of_drills(Archive& archive, const DrillsAsked& asked) {
    const auto rows = drills_of(archive, asked);
    if (!rows) return rows.error();
    return page_of(*rows, static_cast<std::size_t>(asked.query.limit) - 1, write_drill,
                   [](const Drill& drill) { return drill.id.value; });
}

Result<std::string> one_drill(Archive& archive, DrillsAsked asked, const std::string& key) {
    const Error none = not_found("there is no drill " + quoted(key),
                                 "see 'understudyctl drill list'; old ones are pruned");
    const std::int64_t id = parse_id(key);
    if (id <= 0 || id == INT64_MAX) return none;
    asked.query.before = DrillId{id + 1};
    asked.query.limit = 1;
    const auto rows = drills_of(archive, asked);
    if (!rows) return rows.error();
    if (rows->empty() || rows->front().id.value != id) return none;
    json::Writer out;
    write_drill(out, rows->front());
    return out.take();
}

}  // namespace

void write_drill(json::Writer& out, const Drill& drill) {
    const bool over = drill.phase == DrillPhase::Ended;
    out.begin_object().field("id", drill.id.value).field("pool", drill.pool_name);
    out.field("from", drill.from_name).field("to", drill.to_name);
    out.field("by", drill.by).field("why", drill.why).field("scheduled", drill.scheduled);
    out.field("started", drill.started).field("ended", unless_epoch(drill.ended));
    out.field("phase", to_text(drill.phase));
    out.field("result", over ? std::optional<std::string>{to_text(drill.result)} : std::nullopt);
    out.text_or_null("reason", drill.reason);
    out.field("stay_s", drill.stay_s).field("estimate_s", in_seconds(drill.estimate_ms));
    write_leg(out, "away", drill.away_confirmed_ms, drill.away_served_ms);
    write_leg(out, "home", drill.home_confirmed_ms, drill.home_served_ms);
    out.end_object();
}

void list_drills(const Call& call) {
    DrillsAsked asked = seen_by(call);
    if (!read_query(call, [&](Query& query) { read_drills(call, query, asked.query); })) return;
    look_up(
        call, [&] { return asked; }, page_of_drills);
}

void show_drill(const Call& call) {
    const DrillsAsked seen = seen_by(call);
    look_up(
        call, [&] { return seen; },
        [key = call.capture()](Archive& archive, const DrillsAsked& asked) {
            return one_drill(archive, asked, key);
        });
}

}  // namespace understudy::api
