// What happened, and what a person would see, in words.
#include "base/text.h"
#include "controller/core/engine_view.h"
#include "controller/core/evidence.h"
#include "controller/core/restraint.h"
#include "controller/core/served.h"
#include "controller/core/shared_tokens.h"
#include "controller/core/troubles.h"
#include "tests/scenarios/script.h"
#include "tests/scenarios/world.h"
#include "tests/support/what_if_at_once.h"

namespace understudy::scenarios {
namespace {

std::string quoted(const std::string& text) {
    return text.empty() ? std::string{} : " \"" + text + "\"";
}

std::string moved(const MovedDomain& domain) {
    if (domain.from == domain.to) return domain.name;
    const std::string why = domain.problem.empty() ? "" : ": " + domain.problem;
    return domain.name + " (" + domain.from + " -> " + domain.to + why + ")";
}

std::string forced(const std::string& what, const std::optional<Override>& by) {
    return by ? ", " + what + " " + evidence::sentence_of(*by) : std::string{};
}

std::string span_of(const WaitSpan& span) {
    return to_text(span.best) + ".." + to_text(span.worst);
}

std::string then_of(const WhatIfPool& pool) {
    return " " + pool.from_text + " -> " + pool.to_text + quoted(pool.reason) + ", seen in " +
           span_of(pool.detection) + ", believed in " + span_of(pool.waiting);
}

AddressSet make_set(const ReportedAddress& said) {
    AddressSet set;
    if (said.ipv4) set.ipv4.push_back(*said.ipv4);
    if (said.ipv6) set.ipv6.push_back(*said.ipv6);
    return set;
}

}  // namespace

void World::trace(const Change& change) {
    if (const auto* log = std::get_if<AppendLog>(&change)) {
        trace_log(log->line);
    } else if (const auto* entry = std::get_if<Enqueue>(&change)) {
        trace_notice(*entry);
    } else if (const auto* free = std::get_if<ReleaseHeld>(&change)) {
        note("release " + engine_->fleet().channel(free->id)->name);
    } else if (const auto* save = std::get_if<SaveDomain>(&change)) {
        const Publication& record = save->domain.record;
        if (!record.settled() && !record.in_conflict() && record.attempted.empty()) {
            note("want " + save->domain.name + " = " + to_string(record.desired) + ", ttl " +
                 to_string(record.desired_ttl));
        }
    }
}

void World::trace_log(const LogLine& line) {
    std::string text = "log " + line.type;
    if (!line.domain_name.empty()) {
        text += " " + line.domain_name;
    } else if (!line.pool_name.empty()) {
        text += " " + line.pool_name;
    } else if (!line.server_name.empty()) {
        text += " " + line.server_name;
    }
    if (!line.from.empty() || !line.to.empty()) text += " " + line.from + " -> " + line.to;
    note(text + quoted(line.reason));
}

void World::trace_notice(const Enqueue& entry) {
    const Notice& notice = entry.notice;
    std::string text = (entry.held ? "hold " : "tell ") +
                       engine_->fleet().channel(entry.channel)->name + " " + to_text(notice.type);
    if (!notice.server_name.empty()) text += " " + notice.server_name;
    for (const NamedPool& pool : notice.pools)
        text += " " + pool.name;
    for (const MovedDomain& domain : notice.domains)
        text += ", " + moved(domain);
    if (notice.type == NoticeType::Escalated || notice.type == NoticeType::Acknowledged)
        text += " " + counted(notice.incidents.size(), "incident");
    for (const std::string& name : notice.pending)
        text += ", pending " + name;
    text += quoted(notice.reason);
    if (notice.type == NoticeType::FailoverHeld || notice.type == NoticeType::TokenShared ||
        notice.type == NoticeType::AddressFollowed || notice.type == NoticeType::DrillEnded ||
        notice.type == NoticeType::FailoverTriggered || notice.type == NoticeType::ServerRecovered)
        text += quoted(notice.detail);
    note(text);
}

void World::show(const Words&) {
    const Fleet& fleet = engine_->fleet();
    const Controls& controls = fleet.controls();
    for (const Server* known : fleet.servers()) {
        note(known->name + ": " + engine_->health_of(known->id, now_).sentence +
             forced("in maintenance", known->maintenance));
    }
    for (const Server* known : fleet.servers())
        if (const auto said = engine_->reported_address(known->id, now_))
            note(known->name + " reports " + to_string(make_set(*said)) + ": " + said->sentence);
    for (const Server* known : fleet.servers())
        if (known->shared) note(shared_tokens::sentence_of(*known));
    for (const Pool* known : fleet.pools())
        show_pool(*known);
    for (const Domain* known : fleet.domains()) {
        const Pool& serving = *fleet.pool(known->pool);
        std::string text = known->name + ": " + to_text(status_of(*known, serving)) + ", " +
                           to_string(known->record.confirmed);
        if (known->record.foreign) text += ", foreign " + to_string(*known->record.foreign);
        const std::string served = served::sentence(*known, wall());
        if (!served.empty()) text += ", " + served;
        note(text + forced("ignored", known->ignored));
    }
    const std::string all = forced("paused", controls.pause) + forced("dry run", controls.dry_run) +
                            forced("losses accepted", controls.losses_accepted);
    if (!all.empty()) note("everything: " + all.substr(2));
    for (const Restraint& held : engine_->restraints(now_))
        note("held: " + held.sentence());
}

void World::show_incidents(const Words&) {
    const Fleet& fleet = engine_->fleet();
    for (const Incident* open : fleet.incidents()) {
        const auto broken = troubles::of_incident(fleet, engine_->view(now_).incidents, open->id);
        note("incident " + std::string{to_text(open->severity)} + ": " +
             troubles::summary(broken).reason + forced("acknowledged", open->acknowledged));
    }
}

IncidentId World::incident(const std::string& thing) const {
    const Fleet& fleet = engine_->fleet();
    if (const Server* known = fleet.server_named(thing)) return known->incident;
    if (const Pool* known = fleet.pool_named(thing)) return known->incident;
    return domain_row(thing).incident;
}

void World::show_outlook(const Words&) {
    for (const Pool* known : engine_->fleet().pools()) {
        const std::string next = engine_->outlook(known->id, now_);
        note(known->name + (next.empty() ? ": nothing comes next" : " " + next));
    }
}

void World::show_what_if(const Words& words) {
    std::vector<ServerId> lost;
    for (std::size_t i = 1; i < words.size(); ++i)
        lost.push_back(server(words[i]));
    const WhatIf found = what_if_lost(*engine_, lost, now_);
    if (found.doubted) note("doubted: " + found.doubted->sentence());
    for (const WhatIfPool& each : found.pools) {
        const Pool& known = *engine_->fleet().pool(each.pool);
        const bool hit = each.fate != WhatIfPool::Fate::Untouched;
        note(known.name + " " + to_text(each.fate) + (hit ? then_of(each) : "") +
             ", stand-by left: " + std::to_string(each.standby));
        if (each.held) note("held: " + each.held->sentence());
        if (each.dry_run) note("dry run");
        for (const WhatIfDomain& domain : each.named)
            note(domain.name + " " + to_text(domain.fate) + ": " + domain.from + " -> " +
                 domain.to + quoted(domain.why));
    }
}

// Only what a person forced on it: the rest is in its domains' lines.
void World::show_pool(const Pool& known) {
    const Fleet& fleet = engine_->fleet();
    std::string text = forced("dry run", known.dry_run);
    if (known.hold) {
        const bool pinned = bool{known.hold->pinned};
        text += forced(pinned ? "pinned to " + fleet.server(known.hold->pinned)->name : "held",
                       known.hold->by);
    }
    if (known.preferred) {
        text += forced("switched to " + fleet.server(known.preferred->server)->name,
                       known.preferred->by);
    }
    if (!text.empty()) note(known.name + ": " + text.substr(2));
}

}  // namespace understudy::scenarios
