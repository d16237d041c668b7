// What another policy would have done with what was recorded. The play itself: core/replay.h.
#include "controller/core/replay.h"
#include "base/policy_fields.h"

#include "controller/api/handlers.h"
#include "controller/core/orders/parts.h"

namespace understudy::api {
namespace {

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

Result<Done> append(Recording& recording, Archive& archive, SightingQuery query) {
    while (true) {
        const auto rows = archive.sightings(query);
        if (!rows) return rows.error();
        for (const SightingRow& row : *rows) {
            if (recording.sightings.size() == kMostSightings) {
                recording.cut = true;
                recording.until = recording.sightings.back().at;
                return Done{};
            }
            recording.sightings.push_back(
                {row.sighting.server, row.sighting.sight, row.at, row.sighting.observer});
        }
        if (rows->size() < static_cast<std::size_t>(kMaxQueryRows)) return Done{};
        query.after = rows->back().sighting.id;
    }
}

// What a play needs, copied: the fleet goes on meanwhile.
struct Stage {
    Snapshot fleet;
    replay::Settings settings;          // `until`: the moment it was asked for
    std::map<PoolId, Policy> policies;  // of the other story
    std::optional<LinesAbout> shown;    // of the whole that is played; none: all of it
};

// A start of the controller shortly before is played as well, with what followed it.
Result<Recording> read_recording(Archive& archive, const Stage& stage) {
    const WallTime from = stage.settings.since - stage.settings.timings.warm_up;
    Recording recording;
    recording.until = stage.settings.until;
    SightingQuery before;
    before.until = from;
    before.latest_of_each = true;
    SightingQuery played;
    played.since = from;
    if (auto read = append(recording, archive, before); !read) return read.error();
    if (auto read = append(recording, archive, played); !read) return read.error();
    return recording;
}

std::string pool_name(const Snapshot& fleet, PoolId id) {
    const auto pool = std::ranges::find(fleet.pools, id, &Pool::id);
    return pool == fleet.pools.end() ? std::string{} : pool->name;
}

void write_move(json::Writer& out, const Snapshot& fleet, const replay::Move& move) {
    out.field("at", move.at).field("pool", pool_name(fleet, move.pool));
    out.field("type", move.away ? "failover" : "failback");
    out.field("from", move.from).field("to", move.to).field("reason", move.reason);
}

void write_moves(json::Writer& out, const Snapshot& fleet, std::string_view name,
                 const std::vector<replay::Move>& moves) {
    out.objects(name, moves, [&](const replay::Move& move) { write_move(out, fleet, move); });
}

void write_replayed(json::Writer& out, const Snapshot& fleet, const replay::Difference& each) {
    out.field("difference", to_text(each.how));
    write_move(out, fleet, each.move);
    std::optional<double> by_s;
    if (each.at)
        by_s = static_cast<double>(std::chrono::abs(*each.at - each.move.at).count()) / 1000;
    out.field("instead_at", each.at).field("by_s", by_s);
}

template <typename IdType>
bool is_shown(const std::vector<IdType>& ids, IdType id) {
    return std::ranges::find(ids, id) != ids.end();
}

// What the one who asked sees of it.
void show_only(const std::optional<LinesAbout>& shown, Recording& recording, replay::Story& usual,
               replay::Story& other) {
    if (!shown) return;
    std::erase_if(recording.sightings, [&](const replay::Sighting& each) {
        return !is_shown(shown->servers, each.server);
    });
    for (replay::Story* story : {&usual, &other})
        std::erase_if(story->moves,
                      [&](const replay::Move& move) { return !is_shown(shown->pools, move.pool); });
}

std::string document(const Snapshot& fleet, WallTime since, const Recording& recording,
                     const replay::Story& usual, const replay::Story& other) {
    const auto differences = replay::compare(usual.moves, other.moves);
    json::Writer out;
    out.begin_object().field("since", since);
    out.field("until", std::min(usual.until, other.until));
    out.field("sightings", recording.sightings.size());
    out.field("cut", recording.cut || usual.cut || other.cut);
    write_moves(out, fleet, "usual", usual.moves);
    write_moves(out, fleet, "other", other.moves);
    out.objects("differences", differences,
                [&](const replay::Difference& each) { write_replayed(out, fleet, each); });
    out.end_object();
    return out.take();
}

// The moment of the archive is let go before the play, which is the long part.
Result<std::string> play(Archive& archive, const Stage& stage) {
    auto recording = read_recording(archive, stage);
    if (!recording) return recording.error();
    archive.end();
    replay::Settings settings = stage.settings;
    settings.until = std::max(recording->until, settings.since);
    settings.given_up = [&archive] { return archive.interrupted(); };
    auto usual = replay::run(stage.fleet, recording->sightings, settings);
    if (archive.interrupted()) return transient("broken off");
    settings.policies = stage.policies;
    settings.until = usual.until;
    auto other = replay::run(stage.fleet, recording->sightings, settings);
    show_only(stage.shown, *recording, usual, other);
    return document(stage.fleet, settings.since, *recording, usual, other);
}

Stage stage_of(const Call& call, Wanted wanted) {
    Stage stage;
    stage.fleet = replay::snapshot_of(call.api.engine.whole().fleet());
    stage.shown = call.api.engine.lines();
    stage.settings.timings = call.api.engine.timings();
    stage.settings.default_policy = call.api.settings.default_policy;
    stage.settings.since = *wanted.since;
    stage.settings.until = call.wall;
    stage.policies = std::move(wanted.policies);
    return stage;
}

}  // namespace

void replay_policy(const Call& call) {
    Wanted wanted;
    const auto read = [&](Fields& fields) {
        read_since(call, fields, wanted);
        read_policies(call, fields, wanted);
    };
    if (!read_body(call, read)) return;
    const auto prepare = [&] {
        return std::make_shared<const Stage>(stage_of(call, std::move(wanted)));
    };
    read_archive(call, ArchiveDesk::Length::Play, prepare,
                 [](Archive& archive, const auto& stage) { return play(archive, *stage); });
}

}  // namespace understudy::api
