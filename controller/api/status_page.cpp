// GET /api/v1/status-page: what a page for others shows. It is the one thing that the role guest
// may read, so that a link to it can be given away: no address, no server, nobody's name.
#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/domain_name.h"
#include "controller/api/census.h"
#include "controller/api/handlers.h"
#include "controller/core/event_type.h"

namespace understudy::api {
namespace {

constexpr std::size_t kDomainsShown = 1'000;  // of each status
constexpr int kLinesOfAType = 30;
constexpr std::array kShownMoves{EventType::FailoverTriggered, EventType::ServerRecovered,
                                 EventType::OutageStarted, EventType::OutageResolved};

std::string as_it_is_now(const Fleet& fleet, WallTime wall) {
    Census census;
    for (const std::string& word : all_words<DomainStatus>())
        census.domains_by_status[word] = 0;
    const auto domains = fleet.domains();
    census.domains = domains.size();
    json::Writer out;
    out.begin_object().field("time", wall).key("domains").begin_array();
    for (const Domain* domain : domains) {
        const std::string status = to_text(status_of(*domain, *fleet.pool(domain->pool)));
        const std::size_t shown = ++census.domains_by_status[status];
        if (shown > kDomainsShown) continue;
        out.begin_object().field("name", domain->name);
        out.field("display_name", display_name(domain->name)).field("status", status).end_object();
    }
    out.end_array().field("domain_count", domains.size());
    return out.field("sentence", sentence_of_domains(census)).end_object().take();
}

void write_move_line(json::Writer& out, const HistoryRow& row) {
    const LogLine& line = row.line;
    out.begin_object().field("at", row.at).field("type", line.type);
    // Of a pool as a whole nothing: it may have its name from its servers.
    out.text_or_null("about", line.domain_name).end_object();
}

struct PageAsked {
    std::string now;  // as JSON
    std::optional<LinesAbout> about;
};

// How well a failover was practised: no name, for a pool's may be its servers'.
Result<Done> write_drills(json::Writer& out, Archive& archive,
                          const std::optional<LinesAbout>& about) {
    const auto drills = archive.count_drills(about ? std::optional{about->pools} : std::nullopt);
    if (!drills) return drills.error();
    out.key("drills").begin_object().field("passed", drills->passed);
    out.field("failed", drills->failed).field("last_good", drills->last_good).end_object();
    return Done{};
}

Result<std::string> with_history(Archive& archive, const PageAsked& asked) {
    std::vector<HistoryRow> lines;
    for (const EventType type : kShownMoves) {
        HistoryQuery query;
        query.type = to_text(type);
        query.about = asked.about;
        query.limit = kLinesOfAType;
        auto rows = archive.history(query);
        if (!rows) return rows.error();
        std::ranges::move(*rows, std::back_inserter(lines));
    }
    std::ranges::sort(lines, std::greater{},
                      [](const HistoryRow& row) { return row.line.id.value; });
    json::Writer out;
    out.begin_object().key("now").raw(asked.now);
    out.list("history", lines, [&](const HistoryRow& row) { write_move_line(out, row); });
    if (auto written = write_drills(out, archive, asked.about); !written) return written.error();
    return out.end_object().take();
}

}  // namespace

void show_status_page(const Call& call) {
    look_up(
        call,
        [&call] {
            return PageAsked{as_it_is_now(call.api.fleet(), call.wall), call.api.engine.lines()};
        },
        with_history);
}

}  // namespace understudy::api
