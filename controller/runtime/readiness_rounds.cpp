#include "controller/runtime/readiness_rounds.h"

#include <algorithm>

namespace understudy {
namespace {

constexpr std::size_t kSweepsAtOnce = 20;
// Probes are begun in small lots: the loop is not woken for each.
constexpr Duration kWindow{200};
constexpr Duration kSoon{10'000};
constexpr Duration kPauseBeforeTryingAgain{1'000};

int per_window(int per_second) {
    return std::max(1, per_second * static_cast<int>(kWindow.count()) / 1000);
}

}  // namespace

bool sees_certificates(const Policy& policy, std::uint16_t port) {
    ProbeTarget target = policy.probe;
    if (target.kind == ProbeTarget::Kind::Auto) target.kind = ProbeTarget::Kind::Https;
    return target.kind == ProbeTarget::Kind::Https && with_port(target).port == port;
}

std::map<ServerId, ReadinessRounds::Known> ReadinessRounds::wanted(Instant now) {
    std::map<ServerId, Known> wanted;
    if (!limits_.enabled) return wanted;
    for (const Pool* pool : fleet_.pools()) {
        const Part part{pool->id, service_of(pool->policy), fleet_.domains_of(pool->id).size()};
        if (part.service.empty() || part.domains == 0) continue;
        for (const ServerId id : pool->members) {
            const Server* server = fleet_.server(id);
            if (server == nullptr) continue;
            Known& entry = wanted[id];
            entry.address = to_string(server->ipv4);
            entry.parts.push_back(part);
            entry.due = now;
        }
    }
    return wanted;
}

void ReadinessRounds::plan(Instant now) {
    auto servers = wanted(now);
    for (const auto& [id, known] : known_) {
        if (servers.contains(id)) continue;
        drop(id);
        // What was found of it counts no more.
        ReadinessFound nothing;
        nothing.server = id;
        nothing.trouble = "its domains are not probed";
        found_.emplace_back(std::move(nothing));
    }
    idle_.clear();
    for (auto& [id, entry] : servers) {
        const auto known = known_.find(id);
        const bool same = known != known_.end() && known->second.address == entry.address &&
                          known->second.parts == entry.parts;
        entry.due = same ? known->second.due : now + random_.between(Duration{0}, kSoon);
        if (!same) drop(id);
        if (!sweeps_.contains(id)) idle_.emplace(entry.due, id);
    }
    known_ = std::move(servers);
}

// Whatever is under way for it is not answered for any more.
void ReadinessRounds::drop(ServerId server) {
    sweeps_.erase(server);
    std::erase_if(waiting_, [&](const auto& each) { return each.second == server; });
    std::erase_if(in_flight_, [&](const auto& each) { return each.second == server; });
}

void ReadinessRounds::start(Instant now, WallTime wall) {
    if (now >= window_ + kWindow) {
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
    std::vector<PoolId> pools;
    for (const Part& part : known_.at(server).parts)
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
    waiting_.emplace(sweep.tries_again() ? now + kPauseBeforeTryingAgain : now, server);
    return true;
}

void ReadinessRounds::end(ServerId server, Instant now, WallTime wall) {
    const auto sweep = sweeps_.find(server);
    found_.emplace_back(sweep->second.found());
    if (limits_.certificates)
        for (CertificateSeen& seen : sweep->second.certificates().seen_at(server, wall))
            found_.emplace_back(std::move(seen));
    sweeps_.erase(sweep);
    Known& known = known_.at(server);
    known.due = now + random_.between(limits_.interval - limits_.interval / 10, limits_.interval);
    idle_.emplace(known.due, server);
}

Instant ReadinessRounds::next_deadline() const {
    if (!found_.empty()) return Instant::min();
    Instant next = waiting_.empty() ? kNever : waiting_.begin()->first;
    if (sweeps_.size() < kSweepsAtOnce && !idle_.empty())
        next = std::min(next, idle_.begin()->first);
    const bool full = begun_ >= per_window(limits_.per_second);
    return full ? std::max(next, window_ + kWindow) : next;
}

}  // namespace understudy
