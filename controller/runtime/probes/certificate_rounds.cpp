#include "controller/runtime/probes/certificate_rounds.h"

#include <algorithm>

#include "controller/runtime/probes/probe_plan.h"
#include "controller/runtime/probes/readiness_rounds.h"

namespace understudy {
namespace {

// Whether it is seen often enough without a look of its own.
bool swept(const CertificateLimits& limits, const Policy& policy) {
    return limits.swept && sees_certificates(policy, limits.port);
}

}  // namespace

void CertificateRounds::plan(Instant now) {
    if (!limits_.enabled) return;
    std::map<ServerId, Round> rounds;
    for (const Domain* domain : fleet_.domains()) {
        const Pool* pool = fleet_.pool(domain->pool);
        if (pool == nullptr || swept(limits_, pool->policy)) continue;
        for (const ServerId server : pool->members)
            rounds[server].domains.insert(domain->id);
    }
    queue_.clear();
    for (auto& [server, round] : rounds) {
        const auto known = rounds_.find(server);
        round.due = known != rounds_.end() ? known->second.due : kNever;
        const bool news =
            known == rounds_.end() || !std::ranges::includes(known->second.domains, round.domains);
        if (news) {
            const Instant soon = now + random_.between(Duration{0}, limits_.first_spread);
            round.due = std::min(round.due, soon);
        }
        if (!sweeps_.contains(server)) queue_.emplace(round.due, server);
    }
    rounds_ = std::move(rounds);
}

bool CertificateRounds::room() const {
    return in_flight_.size() < static_cast<std::size_t>(limits_.in_flight);
}

void CertificateRounds::start(Instant now, WallTime wall, DispatcherOutput& output) {
    while (room()) {
        if (!waiting_.empty()) {
            const Probe next = waiting_.front();
            waiting_.pop_front();
            probe(next, wall, output);
        } else if (!queue_.empty() && queue_.begin()->first <= now) {
            begin(queue_.begin()->second, now);
        } else {
            return;
        }
    }
}

void CertificateRounds::begin(ServerId server, Instant now) {
    queue_.erase(queue_.begin());
    Round& round = rounds_.at(server);
    round.due = now + random_.between(limits_.interval - limits_.interval / 10, limits_.interval);
    sweeps_[server] = Sweep{now, round.domains.size(), {}};
    for (const DomainId domain : round.domains)
        waiting_.push_back({server, domain});
}

void CertificateRounds::probe(const Probe& wanted, WallTime wall, DispatcherOutput& output) {
    const Domain* domain = fleet_.domain(wanted.domain);
    const Server* server = fleet_.server(wanted.server);
    if (domain == nullptr || server == nullptr) return close(wanted.server, wall, output);
    CertificateProbe probe;
    probe.address = to_string(server->ipv4);
    probe.port = limits_.port;
    probe.name = host_for(domain->name);
    if (const Pool* pool = fleet_.pool(domain->pool))
        probe.proxy_protocol = pool->policy.probe_proxy_protocol;
    const TransferId id = ids_.next();
    in_flight_.emplace(id, wanted);
    outbound_.submit(id, std::move(probe));
}

// One probe of the server's sweep is over. With the last one it is known what to tell.
void CertificateRounds::close(ServerId server, WallTime wall, DispatcherOutput& output) {
    const auto sweep = sweeps_.find(server);
    if (--sweep->second.open > 0) return;
    for (CertificateSeen& seen : sweep->second.found.seen_at(server, wall))
        output.inputs.emplace_back(std::move(seen));
    look_again(server, sweep->second, wall);
    sweeps_.erase(sweep);
}

// One that lives for a day would come and go between two looks: it is looked at again when it
// should have been renewed by now, which is later than the programs that renew begin to.
void CertificateRounds::look_again(ServerId server, const Sweep& sweep, WallTime wall) {
    const auto round = rounds_.find(server);
    if (round == rounds_.end()) return;
    for (const CertificateTerm& term : sweep.found.terms(wall)) {
        const Duration until = term.left - term.lifetime / 4;
        if (until <= Duration{0}) continue;
        const Instant at = sweep.begun + std::max(until, limits_.interval / 24);
        round->second.due = std::min(round->second.due, at);
    }
    queue_.emplace(round->second.due, server);
}

bool CertificateRounds::finished(const TransferDone& done, WallTime wall,
                                 DispatcherOutput& output) {
    const auto entry = in_flight_.find(done.id);
    if (entry == in_flight_.end()) return false;
    const Probe probe = entry->second;
    in_flight_.erase(entry);
    sweeps_.at(probe.server).found.add(std::get<CertificateAnswer>(done.answer), probe.domain);
    close(probe.server, wall, output);
    return true;
}

Instant CertificateRounds::next_deadline() const {
    return room() && !queue_.empty() ? queue_.begin()->first : kNever;
}

}  // namespace understudy
