#include "controller/runtime/probes/readiness_rounds.h"

#include <algorithm>

namespace understudy {
namespace {

constexpr std::size_t kSweepsAtOnce = 20;
// Probes are begun in small lots: the loop is not woken for each.
constexpr Duration kWindow{200};
constexpr Duration kSoon{10'000};
// What was found wrong is looked at again after that part of the interval; whoever was not reached
// after another: that costs a few probes.
constexpr int kSoonerUnready = 4;
constexpr int kSoonerUnreached = 15;

Duration window_of(int per_second) {
    return std::max(kWindow, Duration{1'000} / per_second);
}

int per_window(int per_second) {
    const auto window = static_cast<int>(window_of(per_second).count());
    return std::max(1, per_second * window / 1'000);
}

}  // namespace

bool sees_certificates(const Policy& policy, std::uint16_t port) {
    ProbeTarget target = policy.probe;
    if (target.kind == ProbeTarget::Kind::Auto) target.kind = ProbeTarget::Kind::Https;
    return target.kind == ProbeTarget::Kind::Https && with_port(target).port == port;
}

std::map<ServerId, ReadinessRounds::Known> ReadinessRounds::wanted() const {
    std::map<ServerId, Known> wanted;
    if (!limits_.enabled) return wanted;
    for (const Pool* pool : fleet_.pools()) {
        const Part part{pool->id, service_of(pool->policy)};
        const std::size_t domains = fleet_.domains_of(pool->id).size();
        if (part.service.empty() || domains == 0) continue;
        for (const ServerId id : pool->members) {
            const Server* server = fleet_.server(id);
            if (server == nullptr) continue;
            Known& entry = wanted[id];
            entry.address = to_string(server->ipv4);
            entry.parts.push_back(part);
            entry.domains += domains;
        }
    }
    return wanted;
}

Instant ReadinessRounds::due_of(ServerId id, const Known& entry, Instant now) {
    const Instant soon = now + random_.between(Duration{0}, kSoon);
    const auto known = known_.find(id);
    if (known == known_.end()) return soon;
    const bool same = known->second.address == entry.address && known->second.parts == entry.parts;
    if (!same) drop(id);
    const bool as_before = same && known->second.domains == entry.domains;
    return as_before ? known->second.due : std::min(known->second.due, soon);
}

void ReadinessRounds::plan(Instant now) {
    auto servers = wanted();
    for (const auto& [id, known] : known_) {
        if (servers.contains(id)) continue;
        drop(id);
        ReadinessFound nothing;
        nothing.server = id;
        nothing.forgotten = true;
        found_.emplace_back(std::move(nothing));
    }
    idle_.clear();
    for (auto& [id, entry] : servers) {
        entry.due = due_of(id, entry, now);
        if (!sweeps_.contains(id)) idle_.emplace(entry.due, id);
    }
    known_ = std::move(servers);
}

// One that is under way may have met the same trouble, and is followed by another.
void ReadinessRounds::ask(ServerId server, Instant now) {
    const auto known = known_.find(server);
    if (known == known_.end()) return;
    const Instant soon = now + random_.between(Duration{0}, kSoon);
    if (known->second.due <= soon) return;
    if (idle_.erase({known->second.due, server}) > 0) idle_.emplace(soon, server);
    known->second.due = soon;
}

void ReadinessRounds::moved(const Server& server) {
    const auto known = known_.find(server.id);
    if (known == known_.end() || known->second.address == to_string(server.ipv4)) return;
    drop(server.id);
    idle_.erase({known->second.due, server.id});
    known_.erase(known);  // the next plan takes it up anew
}

// Whatever is under way for it is not answered for any more.
void ReadinessRounds::drop(ServerId server) {
    sweeps_.erase(server);
    std::erase_if(waiting_, [&](const auto& each) { return each.second == server; });
    std::erase_if(in_flight_, [&](const auto& each) { return each.second == server; });
}

void ReadinessRounds::start(Instant now, WallTime wall) {
    if (now >= window_ + window_of(limits_.per_second)) {
        window_ = now;
        begun_ = 0;
    }
    while (begun_ < per_window(limits_.per_second) && (probe_one(now, wall) || begin_one(now))) {
    }
}

bool ReadinessRounds::begin_one(Instant now) {
    const bool room = sweeps_.size() < kSweepsAtOnce;
    if (!room || idle_.empty() || idle_.begin()->first > now) return false;
    const ServerId server = idle_.begin()->second;
    idle_.erase(idle_.begin());
    Known& known = known_.at(server);
    known.due = kNever;  // until plan() finds another number of domains, or the end
    std::vector<PoolId> pools;
    for (const Part& part : known.parts)
        pools.push_back(part.pool);
    sweeps_.emplace(server, ReadinessSweep{fleet_, server, pools});
    waiting_.emplace(now, server);
    return true;
}

bool ReadinessRounds::probe_one(Instant now, WallTime wall) {
    if (waiting_.empty() || waiting_.begin()->first > now) return false;
    const ServerId server = waiting_.begin()->second;
    waiting_.erase(waiting_.begin());
    auto probe = sweeps_.at(server).next(fleet_);
    if (!probe) {
        end(server, now, wall);
        return true;
    }
    const TransferId id = ids_.next();
    in_flight_.emplace(id, server);
    ++begun_;
    outbound_.submit(id, *std::move(probe));
    return true;
}

bool ReadinessRounds::finished(const TransferDone& done, Instant now, WallTime wall) {
    const auto flight = in_flight_.find(done.id);
    if (flight == in_flight_.end()) return false;
    const ServerId server = flight->second;
    in_flight_.erase(flight);
    ReadinessSweep& sweep = sweeps_.at(server);
    sweep.answered(fleet_, std::get<ServiceAnswer>(done.answer), wall);
    waiting_.emplace(now + sweep.pause(), server);
    return true;
}

Duration ReadinessRounds::interval_after(const ReadinessFound& found) const {
    if (!found.reached) return limits_.interval / kSoonerUnreached;
    const bool unready = std::ranges::any_of(found.pools, [](const PoolReadiness& pool) {
        return pool.unready > 0 || pool.unknown > 0;
    });
    return unready ? limits_.interval / kSoonerUnready : limits_.interval;
}

void ReadinessRounds::end(ServerId server, Instant now, WallTime wall) {
    const auto sweep = sweeps_.find(server);
    const ReadinessFound found = sweep->second.found();
    const Duration interval = interval_after(found);
    found_.emplace_back(found);
    if (limits_.certificates)
        for (CertificateSeen& seen : sweep->second.certificates().seen_at(server, wall))
            found_.emplace_back(std::move(seen));
    sweeps_.erase(sweep);
    Known& known = known_.at(server);
    const Instant usual = now + random_.between(interval - interval / 10, interval);
    known.due = std::min(usual, std::max(known.due, now));
    idle_.emplace(known.due, server);
}

Instant ReadinessRounds::next_deadline() const {
    if (!found_.empty()) return Instant::min();
    Instant next = waiting_.empty() ? kNever : waiting_.begin()->first;
    if (sweeps_.size() < kSweepsAtOnce && !idle_.empty())
        next = std::min(next, idle_.begin()->first);
    const bool full = begun_ >= per_window(limits_.per_second);
    return full ? std::max(next, window_ + window_of(limits_.per_second)) : next;
}

}  // namespace understudy
