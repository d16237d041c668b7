#include "controller/runtime/failover_watch.h"

namespace understudy {
namespace {

double seconds_between(Instant from, Instant to) {
    return std::chrono::duration<double>(to - from).count();
}

// Of the server that the records left, as its addresses say.
void add_detection(const LogLine& line, const EngineView& view, Measures& measures) {
    const Pool* pool = view.fleet.pool(line.pool);
    if (pool == nullptr) return;
    for (const ServerId id : pool->members) {
        if (to_string(view.fleet.server(id)->addresses()) != line.from) continue;
        const auto since = view.liveness.of(id).down_since;
        if (since) measures.detection.add(seconds_between(*since, view.now));
    }
}

}  // namespace

void FailoverWatch::note(const Change& change, const EngineView& view, Measures& measures) {
    if (const auto* appended = std::get_if<AppendLog>(&change)) {
        ++measures.log_lines[appended->line.type];
        if (appended->line.type == EventType::FailoverDecided)
            add_detection(appended->line, view, measures);
    } else if (const auto* saved = std::get_if<SaveDomain>(&change)) {
        note(saved->domain, view.now, measures);
    } else if (const auto* drill = std::get_if<SaveDrill>(&change)) {
        ++measures.drills[to_text(drill->drill.result)];
    } else if (const auto* gone = std::get_if<DeleteDomain>(&change)) {
        under_way_.erase(gone->id);
    }
}

void FailoverWatch::note(const Domain& domain, Instant now, Measures& measures) {
    const Publication& record = domain.record;
    if (record.in_conflict()) {
        under_way_.erase(domain.id);
        return;
    }
    if (!record.settled()) {
        UnderWay& known = under_way_[domain.id];
        if (known.generation != record.generation) known = {record.generation, now};
        return;
    }
    const auto known = under_way_.find(domain.id);
    if (known == under_way_.end()) return;
    UnderWay& phase = known->second;
    const bool current = phase.generation == record.generation;
    if (current && !phase.confirmed) {
        measures.confirmation.add(seconds_between(phase.since, now));
        phase.confirmed = true;
        phase.since = now;
    }
    const bool asked = domain.serving.generation == record.generation;
    if (current && asked && domain.serving.state == Served::Asked) return;
    if (current && asked && domain.serving.state == Served::All)
        measures.serving.add(seconds_between(phase.since, now));
    under_way_.erase(known);
}

}  // namespace understudy
