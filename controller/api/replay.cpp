// What another policy would have done with what was recorded. The play itself: core/replay.h.
#include "controller/core/replay.h"
#include "base/policy_fields.h"

#include "controller/api/handlers.h"
#include "controller/core/orders/parts.h"

namespace understudy::api {
namespace {

// Reading and playing happen on the loop thread.
constexpr std::size_t kMostSightings = 100'000;

struct Wanted {
    std::optional<WallTime> since;
    std::map<PoolId, Policy> policies;
};

struct Recording {
    std::vector<replay::Sighting> sightings;
    WallTime until{};
    bool cut = false;
};

void read_since(const Call& call, Fields& fields, Wanted& wanted) {
    if (!fields.has("since")) {
        fields.complain("since", "it is missing", "give a time like 2026-11-21T02:08:42Z, or 7d");
    }
    wanted.since = fields.past("since", call.wall);
    if (wanted.since && *wanted.since > call.wall) {
        fields.complain("since", "it is in the future", "give a time that has passed");
    }
}

// What is not given stays as each pool has it.
void read_policies(const Call& call, Fields& fields, Wanted& wanted) {
    const ApiSettings& settings = call.api.settings;
    if (!fields.member("policy").is_object()) {
        fields.complain("policy", "it is missing", "give an object with what is to be different");
        return;
    }
    (void)read_policy(fields.object("policy"), settings.default_policy,
                      settings.allow_private_addresses);
    if (!fields.problems().empty()) return;
    for (const Pool* pool : call.api.fleet().pools()) {
        const Policy policy =
            read_policy(fields.object("policy"), pool->policy, settings.allow_private_addresses);
        if (const auto sound = check_policy(policy); !sound) {
            Error error = sound.error();
            error.message = "for pool '" + pool->name + "': " + error.message;
            return fields.problems().push_back(std::move(error));
        }
        wanted.policies[pool->id] = policy;
    }
}

Result<Done> append(Recording& recording, Store& store, SightingQuery query) {
    while (true) {
        const auto rows = store.sightings(query);
        if (!rows) return rows.error();
        for (const SightingRow& row : *rows) {
            if (recording.sightings.size() == kMostSightings) {
                recording.cut = true;
                recording.until = recording.sightings.back().at;
                return Done{};
            }
            recording.sightings.push_back({row.sighting.server, row.sighting.sight, row.at});
        }
        if (rows->size() < static_cast<std::size_t>(kMaxQueryRows)) return Done{};
        query.after = rows->back().sighting.id;
    }
}

// A start of the controller shortly before is played as well, with what followed it.
Result<Recording> read_recording(const Call& call, WallTime since) {
    const WallTime from = since - call.api.engine.timings().warm_up;
    Recording recording;
    recording.until = call.wall;
    SightingQuery before;
    before.until = from;
    before.latest_of_each = true;
    SightingQuery played;
    played.since = from;
    if (auto read = append(recording, call.api.store, before); !read) return read.error();
    if (auto read = append(recording, call.api.store, played); !read) return read.error();
    return recording;
}

std::string pool_name(const Call& call, PoolId id) {
    const Pool* pool = call.api.fleet().pool(id);
    return pool == nullptr ? std::string{} : pool->name;
}

void write_move(json::Writer& out, const Call& call, const replay::Move& move) {
    out.field("at", to_rfc3339(move.at)).field("pool", pool_name(call, move.pool));
    out.field("type", move.away ? "failover" : "failback");
    out.field("from", move.from).field("to", move.to).field("reason", move.reason);
}

void write_moves(json::Writer& out, const Call& call, std::string_view name,
                 const std::vector<replay::Move>& moves) {
    out.key(name).begin_array();
    for (const replay::Move& move : moves) {
        out.begin_object();
        write_move(out, call, move);
        out.end_object();
    }
    out.end_array();
}

void write_replayed(json::Writer& out, const Call& call, const replay::Difference& each) {
    out.begin_object().field("difference", replay::to_text(each.how));
    write_move(out, call, each.move);
    out.key("instead_at");
    if (each.at) {
        const auto by = std::chrono::abs(*each.at - each.move.at);
        out.value(to_rfc3339(*each.at)).key("by_s").value(static_cast<double>(by.count()) / 1000);
    } else {
        out.null().key("by_s").null();
    }
    out.end_object();
}

std::string document(const Call& call, WallTime since, const Recording& recording,
                     const replay::Story& usual, const replay::Story& other) {
    const auto differences = replay::compare(usual.moves, other.moves);
    json::Writer out;
    out.begin_object().field("since", to_rfc3339(since));
    out.field("until", to_rfc3339(std::min(usual.until, other.until)));
    out.field("sightings", recording.sightings.size());
    out.field("cut", recording.cut || usual.cut || other.cut);
    write_moves(out, call, "usual", usual.moves);
    write_moves(out, call, "other", other.moves);
    out.key("differences").begin_array();
    for (const replay::Difference& each : differences)
        write_replayed(out, call, each);
    out.end_array().end_object();
    return out.take();
}

}  // namespace

void replay_policy(const Call& call) {
    Wanted wanted;
    const auto read = [&](Fields& fields) {
        read_since(call, fields, wanted);
        read_policies(call, fields, wanted);
    };
    if (!read_body(call, read)) return;
    const auto recording = read_recording(call, *wanted.since);
    if (!recording) return call.refuse(recording.error());
    replay::Settings settings;
    settings.timings = call.api.engine.timings();
    settings.default_policy = call.api.settings.default_policy;
    settings.since = *wanted.since;
    settings.until = std::max(recording->until, settings.since);
    const Snapshot fleet = replay::snapshot_of(call.api.fleet());
    const auto usual = replay::run(fleet, recording->sightings, settings);
    settings.policies = std::move(wanted.policies);
    settings.until = usual.until;
    const auto other = replay::run(fleet, recording->sightings, settings);
    call.respond(json_response(document(call, *wanted.since, *recording, usual, other)));
}

}  // namespace understudy::api
