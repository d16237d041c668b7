#include "controller/runtime/probes/probe_schedule.h"

#include <algorithm>
#include <string>

#include "base/log.h"

namespace understudy {
namespace {

constexpr const char* kBehind = "the controller is behind with its probes";

}  // namespace

// --- jobs ------------------------------------------------------------------------------------

void ProbeSchedule::plan(const ProbeJobs& jobs, Instant now) {
    std::vector<LaneId> gone;
    for (const auto& [key, lane] : by_key_) {
        const auto job = jobs.find(key.first);
        const bool stays = job != jobs.end() && (key.second == Family::V4 || job->second.ipv6);
        if (!stays) gone.push_back(lane);
    }
    for (const LaneId lane : gone)
        forget(lane);
    for (const auto& [key, job] : jobs) {
        take_up(key, job, Family::V4, to_string(job.ipv4), now);
        if (job.ipv6) take_up(key, job, Family::V6, to_string(*job.ipv6), now);
    }
}

void ProbeSchedule::take_up(const ProbeKey& key, const ProbeJob& job, Family family,
                            std::string address, Instant now) {
    const auto known = by_key_.find({key, family});
    if (known != by_key_.end()) {
        Lane& lane = lanes_.at(known->second);
        lane.host = job.host;
        if (lane.address == address) return;
        forget(known->second);
    }
    const Instant first = now + random_.between(Duration{0}, job.rules->interval);
    const LaneId id = ++last_lane_;
    by_key_.emplace(std::pair{key, family}, id);
    lanes_.emplace(id,
                   Lane{key, family, job.host, std::move(address), ProbeLine{job.rules, first}});
    enqueue(id);
}

// Its probes under way are not answered for any more.
void ProbeSchedule::forget(LaneId id) {
    dequeue(id);
    const auto lane = lanes_.find(id);
    by_key_.erase({lane->second.key, lane->second.family});
    lanes_.erase(lane);
}

void ProbeSchedule::moved(const Server& server) {
    const std::string ipv4 = to_string(server.ipv4);
    const std::string ipv6 = server.ipv6 ? to_string(*server.ipv6) : std::string{};
    std::vector<LaneId> gone;
    bool other = false;  // of that service, the address that decides: it comes first
    for (auto at = by_key_.lower_bound({ProbeKey{server.id, {}}, Family::V4});
         at != by_key_.end() && at->first.first.server == server.id; ++at) {
        const std::string& address = lanes_.at(at->second).address;
        if (at->first.second == Family::V4) other = address != ipv4;
        if (other || (at->first.second == Family::V6 && address != ipv6))
            gone.push_back(at->second);
    }
    for (const LaneId lane : gone)
        forget(lane);
}

void ProbeSchedule::enqueue(LaneId id) {
    const Lane& lane = lanes_.at(id);
    queue_of(lane).emplace(lane.line.due(), id);
}

// Before its line is changed: the place follows from that.
void ProbeSchedule::dequeue(LaneId id) {
    const Lane& lane = lanes_.at(id);
    queue_of(lane).erase({lane.line.due(), id});
}

void ProbeSchedule::ask(ServerId server, Instant now) {
    for (auto at = by_key_.lower_bound({ProbeKey{server, {}}, Family::V4});
         at != by_key_.end() && at->first.first.server == server; ++at) {
        if (at->first.second == Family::V6) continue;
        dequeue(at->second);
        lanes_.at(at->second).line.ask(now);
        enqueue(at->second);
    }
}

// --- probes ----------------------------------------------------------------------------------

std::optional<ProbeSchedule::LaneId> ProbeSchedule::next_due(Instant now) const {
    for (const Queue* queue : {&fast_, &calm_}) {
        if (!queue->empty() && queue->begin()->first <= now) return queue->begin()->second;
    }
    return std::nullopt;
}

std::vector<ServiceProbed> ProbeSchedule::start(Instant now) {
    std::vector<ServiceProbed> said;
    while (in_flight_.size() < limit_) {
        const auto next = next_due(now);
        if (!next) break;
        begin(*next, now, said);
    }
    return said;
}

// One that begins too late says so at once, and begins all the same: what follows it may be in time
// again.
void ProbeSchedule::begin(LaneId id, Instant now, std::vector<ServiceProbed>& said) {
    Lane& lane = lanes_.at(id);
    const Instant start_by = lane.line.start_by();
    dequeue(id);
    const TransferId probe = ids_.next();
    const ProbeTarget target = lane.line.begin(probe, now);
    enqueue(id);
    in_flight_.emplace(probe, id);
    submit(probe, lane, target, start_by);
    if (now <= start_by) return;
    note_behind(now);
    if (lane.family == Family::V4)
        said.push_back(word(lane, {Verdict::Nothing, kBehind, now}, now));
}

void ProbeSchedule::submit(TransferId id, const Lane& lane, const ProbeTarget& target,
                           Instant start_by) {
    ServiceProbe probe;
    probe.address = lane.address;
    probe.name = lane.host;
    probe.terms = lane.line.rules().terms;
    probe.terms.target = target;
    probe.start_by = start_by;
    outbound_.submit(id, std::move(probe));
}

std::vector<ServiceProbed> ProbeSchedule::finished(const TransferDone& done, Instant now) {
    std::vector<ServiceProbed> said;
    const auto flight = in_flight_.find(done.id);
    if (flight == in_flight_.end()) return said;
    const LaneId id = flight->second;
    const auto& answer = std::get<ServiceAnswer>(done.answer);
    const auto known = lanes_.find(id);
    if (known == lanes_.end()) {
        in_flight_.erase(flight);
        return said;
    }
    Lane& lane = known->second;
    if (lane.family == Family::V4) count(answer);
    if (const auto target = lane.line.goes_on(done.id, answer, now)) {
        submit(done.id, lane, *target, now + lane.line.rules().interval);
        return said;
    }
    in_flight_.erase(flight);
    if (answer.late) note_behind(now);
    dequeue(id);
    for (auto& each : lane.line.finished(done.id, answer, now)) {
        if (lane.family == Family::V4) said.push_back(word(lane, std::move(each), now));
    }
    enqueue(id);
    return said;
}

ServiceProbed ProbeSchedule::word(const Lane& lane, ProbeLine::Word found, Instant now) {
    ServiceProbed probed;
    probed.server = lane.key.server;
    probed.service = lane.key.service;
    probed.verdict = found.verdict;
    probed.sentence = std::move(found.sentence);
    probed.took = now - found.begun;
    probed.valid_for = lane.line.rules().valid_for();
    return probed;
}

void ProbeSchedule::count(const ServiceAnswer& answer) {
    switch (answer.verdict) {
        case Verdict::Serves:
            ++counters_.serves;
            return;
        case Verdict::Dead:
            ++counters_.dead;
            return;
        case Verdict::Nothing:
            ++counters_.nothing;
            return;
    }
}

void ProbeSchedule::note_behind(Instant now) {
    ++counters_.behind;
    const auto left_out = behind_log_.due(now);
    if (!left_out) return;
    log::warning("probes", "behind with probes: those that begin too late do not count",
                 {{"jobs", std::to_string(by_key_.size())},
                  {"in_flight", std::to_string(in_flight_.size())},
                  {"limit", std::to_string(limit_)},
                  {"late_since_the_last_line", std::to_string(*left_out)}});
}

// --- for others ------------------------------------------------------------------------------

Instant ProbeSchedule::next_deadline() const {
    if (in_flight_.size() >= limit_) return kNever;
    Instant next = kNever;
    for (const Queue* queue : {&fast_, &calm_}) {
        if (!queue->empty()) next = std::min(next, queue->begin()->first);
    }
    return next;
}

ProbeCounters ProbeSchedule::counters() const {
    ProbeCounters counters = counters_;
    counters.in_flight = in_flight_.size();
    return counters;
}

std::vector<ProbeSchedule::Findings> ProbeSchedule::findings(ServerId server) const {
    std::vector<Findings> found;
    for (auto at = by_key_.lower_bound({ProbeKey{server, {}}, Family::V4});
         at != by_key_.end() && at->first.first.server == server; ++at) {
        const ProbeFinding& finding = lanes_.at(at->second).line.finding();
        if (at->first.second == Family::V4) {
            found.push_back({at->first.first.service, finding, {}});
        } else {
            found.back().ipv6 = finding;  // the other family comes first
        }
    }
    return found;
}

}  // namespace understudy
