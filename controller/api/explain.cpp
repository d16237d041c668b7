// Why a record is where it is: what the last decision was made from, what happened since, and what
// would be decided now.
#include <algorithm>
#include <array>
#include <map>

#include "controller/api/handlers.h"
#include "controller/api/lookup.h"
#include "controller/api/views.h"
#include "controller/core/restraints.h"

namespace understudy::api {
namespace {

// Of each kind of line; the answer shows as many of all.
constexpr int kLines = 100;

constexpr std::array kDecisions = {EventType::FailoverDecided,  EventType::FailbackDecided,
                                   EventType::FailoverInDryRun, EventType::FailbackInDryRun,
                                   EventType::OutageStarted,    EventType::OutageResolved};
constexpr std::array kMoves = {EventType::FailoverTriggered, EventType::ServerRecovered,
                               EventType::DomainAdded, EventType::DomainAdopted};
// What people forced, and doubts, that concern every pool.
constexpr std::array kGlobal = {
    EventType::Paused,         EventType::Resumed,           EventType::DryRunStarted,
    EventType::DryRunEnded,    EventType::FailoverHeld,      EventType::MassLossEnded,
    EventType::LossesAccepted, EventType::ControllerStarted, EventType::ControllerStalled};
constexpr std::array kOfServer = {EventType::ServerDown,       EventType::ServerUp,
                                  EventType::ServerError,      EventType::MaintenanceStarted,
                                  EventType::MaintenanceEnded, EventType::AddressFollowed,
                                  EventType::AddressHeld,      EventType::AddressRefused};

class Log {
  public:
    Log(Archive& archive, const std::optional<LinesAbout>& about, WallTime at)
        : archive_(archive), about_(about), until_(at + Duration{1}) {}

    // The newest line of any of these types.
    template <typename Types>
    std::optional<HistoryRow> latest(HistoryQuery query, const Types& types) {
        std::optional<HistoryRow> found;
        for (const EventType type : types) {
            query.type = to_text(type);
            query.limit = 1;
            for (HistoryRow& row : read(query)) {
                if (!found || row.line.id > found->line.id) found = std::move(row);
            }
        }
        return found;
    }
    std::vector<HistoryRow> read(HistoryQuery query) {
        query.until = until_;
        query.about = about_;
        auto rows = archive_.history(query);
        if (rows) return std::move(rows).value();
        trouble_ = rows.error();
        return {};
    }
    const std::optional<Error>& trouble() const { return trouble_; }

  private:
    Archive& archive_;
    const std::optional<LinesAbout>& about_;
    WallTime until_;
    std::optional<Error> trouble_;
};

using Lines = std::map<EventId, HistoryRow>;

struct Asked {
    DomainId domain;
    PoolId pool;
    std::vector<ServerId> members;
    WallTime until{};
    std::string shown;    // the domain, as JSON
    std::string present;  // what would be decided now; empty: a past moment is asked for
    std::optional<LinesAbout> about;  // none: whichever
};
struct Past {
    std::optional<HistoryRow> decision, record;
    Lines since;
};

void collect(Lines& lines, std::vector<HistoryRow> rows) {
    for (HistoryRow& row : rows) {
        const EventId id = row.line.id;
        lines.emplace(id, std::move(row));
    }
}

// What happened to the pool and its members after that decision.
Lines happened_since(Log& log, const Asked& asked, const HistoryRow& decision) {
    Lines lines;
    HistoryQuery query;
    query.since = decision.at;
    query.limit = kLines;
    query.pool = asked.pool;
    collect(lines, log.read(query));
    query.pool = {};
    for (const EventType type : kGlobal) {
        query.type = to_text(type);
        auto rows = log.read(query);
        std::erase_if(rows, [](const HistoryRow& row) { return row.line.pool; });
        collect(lines, std::move(rows));
    }
    for (const ServerId member : asked.members) {
        query.server = member;
        for (const EventType type : kOfServer) {
            query.type = to_text(type);
            collect(lines, log.read(query));
        }
    }
    lines.erase(lines.begin(), lines.upper_bound(decision.line.id));
    while (lines.size() > static_cast<std::size_t>(kLines))
        lines.erase(lines.begin());
    return lines;
}

void write_or_null(json::Writer& out, std::string_view name, const std::string& json) {
    out.key(name).raw(json.empty() ? "null" : json);
}

// Of whose agents other addresses are reported than they are registered with.
void write_other_addresses(json::Writer& out, const Call& call, const Pool& pool) {
    out.key("other_addresses").begin_array();
    for (const ServerId member : pool.members) {
        const auto reported = call.api.engine.reported_address(member, call.now);
        if (!reported || reported->state == ReportedAddress::State::Registered) continue;
        out.begin_object().field("server", call.api.fleet().server(member)->name);
        write_reported_fields(out, *reported);
        out.end_object();
    }
    out.end_array();
}

// What would be decided at present, and what keeps from it.
std::string present(const Call& call, const Pool& pool) {
    json::Writer out;
    out.begin_object();
    out.key("evidence").raw(call.api.engine.explain(pool.id, call.now));
    out.field("next", call.api.engine.outlook(pool.id, call.now));
    out.key("restraints").begin_array();
    const EngineView view = call.api.engine.view(call.now);
    if (const auto all = restraints::told_of_everything(view)) write_restraint(out, call.api, *all);
    if (const auto own = restraints::told_of_its_own(view, pool))
        write_restraint(out, call.api, *own);
    out.end_array();
    write_other_addresses(out, call, pool);
    out.end_object();
    return out.take();
}

void write_decision(json::Writer& out, const std::optional<HistoryRow>& decision) {
    out.object_or_null("decision", decision, [&](const HistoryRow& row) {
        out.object("event", [&] { write_event_fields(out, row); });
        write_or_null(out, "evidence", row.line.evidence);
    });
}

Result<Past> read_past(Archive& archive, const Asked& asked) {
    Log log{archive, asked.about, asked.until};
    HistoryQuery of_pool;
    of_pool.pool = asked.pool;
    HistoryQuery of_domain;
    of_domain.domain = asked.domain;
    Past past;
    past.decision = log.latest(of_pool, kDecisions);
    past.record = log.latest(of_domain, kMoves);
    if (past.decision) past.since = happened_since(log, asked, *past.decision);
    if (log.trouble()) return *log.trouble();
    return past;
}

// What the engine says now, and the past up to the same moment.
std::string written(const Asked& asked, const Past& past) {
    json::Writer out;
    out.begin_object().field("at", asked.until);
    out.key("domain").raw(asked.shown);
    write_or_null(out, "present", asked.present);
    write_decision(out, past.decision);
    out.object_or_null("record", past.record,
                       [&](const HistoryRow& row) { write_event_fields(out, row); });
    out.objects("since_then", past.since,
                [&](const auto& each) { write_event_fields(out, each.second); });
    out.end_object();
    return out.take();
}

Result<std::string> explanation(Archive& archive, const Asked& asked) {
    const auto past = read_past(archive, asked);
    if (!past) return past.error();
    return written(asked, *past);
}

Asked ask_about(const Call& call, const Domain& domain, std::optional<WallTime> at) {
    const Pool& pool = *call.api.fleet().pool(domain.pool);
    json::Writer shown;
    write_domain(shown, call.api, domain);
    return {domain.id,
            pool.id,
            pool.members,
            at.value_or(call.wall),
            shown.take(),
            at ? std::string{} : present(call, pool),
            call.api.engine.lines()};
}

}  // namespace

void explain_domain(const Call& call) {
    const auto found = find_domain(call.api.fleet(), call.capture());
    if (!found) return call.refuse(found.error());
    std::optional<WallTime> at;
    if (!read_query(call, [&](Query& query) { at = query.past("at", call.wall); })) return;
    look_up(
        call, [&] { return ask_about(call, **found, at); }, explanation);
}

}  // namespace understudy::api
