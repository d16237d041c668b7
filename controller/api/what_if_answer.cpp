#include "controller/api/what_if_answer.h"

#include "controller/api/view_parts.h"
#include "controller/api/what_if_text.h"

namespace understudy::api {
namespace {

// Of each pool; the others are counted.
constexpr std::size_t kDomainsNamed = 100;

double seconds_of(Duration span) {
    return static_cast<double>(span.count()) / 1000.0;
}

void write_span(json::Writer& out, std::string_view name, const WaitSpan& span) {
    out.key(name).begin_object();
    out.field("best_s", seconds_of(span.best)).field("worst_s", seconds_of(span.worst));
    out.end_object();
}

void write_time(json::Writer& out, const WhatIfTime& time) {
    const WaitSpan written = time.until_written();
    out.key("time").begin_object();
    write_span(out, "detection", time.detection);
    write_span(out, "waiting", time.waiting);
    write_span(out, "writing", time.writing);
    write_span(out, "until_written", written);
    out.field("ttl_s", seconds_of(time.ttl));
    write_span(out, "until_seen", {written.best, written.worst + time.ttl});
    out.end_object();
}

void write_fates(json::Writer& out, const WhatIfCounts& counts) {
    out.field("moving", counts.moving).field("unserved", counts.unserved);
    out.field("in_conflict", counts.blocked).field("ignored", counts.ignored);
    out.field("same", counts.same);
    out.field("not_ready", counts.not_ready);
}

void write_held_by(json::Writer& out, const Context& api, std::string_view name,
                   const std::optional<Restraint>& held) {
    out.key(name);
    if (held) {
        write_restraint(out, api, *held);
    } else {
        out.null();
    }
}

std::vector<std::string> names_in(const Fleet& fleet, const std::vector<ServerId>& servers) {
    std::vector<std::string> names;
    for (const ServerId id : servers)
        names.push_back(fleet.server(id)->name);
    return names;
}

void write_named(json::Writer& out, const Fleet& fleet, const WhatIfPool& pool) {
    out.key("named").begin_array();
    for (const WhatIfDomain& each : pool.named) {
        out.begin_object().field("name", fleet.domain(each.domain)->name);
        out.field("outcome", to_text(each.fate));
        write_content(out, "from", each.from);
        write_content(out, "to", each.to);
        write_optional(out, "why", each.why.empty() ? std::nullopt : std::optional{each.why});
        out.end_object();
    }
    const bool hit = pool.fate != WhatIfPool::Fate::Untouched;
    const std::size_t all = hit ? fleet.domains_of(pool.pool).size() : 0;
    out.end_array().field("more", all - pool.named.size());
}

void write_pool_then(json::Writer& out, const Call& call, const WhatIfPool& pool,
                     const WhatIfTime& whole) {
    const Fleet& fleet = call.api.fleet();
    const bool moves = pool.fate == WhatIfPool::Fate::Moves;
    out.begin_object().field("pool", fleet.pool(pool.pool)->name);
    out.field("outcome", to_text(pool.fate)).field("reason", pool.reason);
    write_texts(out, "to_servers",
                moves ? names_in(fleet, pool.to.servers) : std::vector<std::string>{});
    write_content(out, "from", pool.from_text);
    write_content(out, "to", pool.to_text);
    out.key("domains").begin_object();
    write_fates(out, pool.domains);
    out.end_object();
    write_time(out, time_of(pool, whole));
    write_held_by(out, call.api, "held", pool.held);
    out.field("observed", pool.observed).field("standby_left", pool.standby);
    write_named(out, fleet, pool);
    out.end_object();
}

void write_writings(json::Writer& out, const Fleet& fleet,
                    const std::vector<WhatIfWriting>& writings) {
    out.key("writing").begin_array();
    for (const WhatIfWriting& each : writings) {
        out.begin_object().field("provider", fleet.provider(each.provider)->name);
        out.field("records", each.records).field("zones", each.zones).field("calls", each.calls);
        write_optional(out, "calls_free", each.means ? each.means->calls_free : std::nullopt);
        out.end_object();
    }
    out.end_array();
}

void write_totals(json::Writer& out, const WhatIfTotals& totals) {
    out.key("domains").begin_object();
    write_fates(out, totals.domains);
    out.field("held", totals.held).field("observed", totals.observed).end_object();
    write_texts(out, "without_standby", totals.without_standby);
}

void write_loss_of(json::Writer& out, const Call& call, const WhatIfServer& row) {
    const std::string& name = call.api.fleet().server(row.server)->name;
    out.begin_object().field("server", name).field("sentence", sentence_of(name, row));
    out.field("pools", row.published).field("moving", row.moving);
    out.field("unserved", row.unserved).field("held", row.held).field("staying", row.staying);
    out.field("not_ready", row.not_ready);
    out.field("pools_without_standby", row.last_standby);
    write_optional(out, "why_held", row.why ? std::optional{row.why->sentence()} : std::nullopt);
    out.end_object();
}

}  // namespace

std::string what_if_answer(const Call& call, const std::vector<ServerId>& lost) {
    const Fleet& fleet = call.api.fleet();
    const WhatIf found = call.api.engine.what_if(lost, call.now, kDomainsNamed);
    const auto writings = writings_of(
        found.zones, [&](ProviderId provider) { return call.api.desk.means_of(provider); });
    const WhatIfTime time = time_of(found, writings);
    const WhatIfTotals totals = totals_of(fleet, found);
    const auto names = names_in(fleet, lost);
    json::Writer out;
    out.begin_object().field("at", to_rfc3339(call.wall));
    write_texts(out, "lost", names);
    out.field("sentence", sentence_of(names, found, totals, time));
    write_texts(out, "obstacles", obstacles_of(fleet, found, writings));
    write_held_by(out, call.api, "doubted", found.doubted);
    write_totals(out, totals);
    write_time(out, time);
    write_writings(out, fleet, writings);
    out.key("pools").begin_array();
    for (const WhatIfPool& pool : found.pools)
        write_pool_then(out, call, pool, time);
    out.end_array().end_object();
    return out.take();
}

std::string what_if_each_answer(const Call& call) {
    json::Writer out;
    out.begin_object().field("at", to_rfc3339(call.wall)).key("servers").begin_array();
    for (const WhatIfServer& row : call.api.engine.what_if_each(call.now))
        write_loss_of(out, call, row);
    out.end_array().end_object();
    return out.take();
}

}  // namespace understudy::api
