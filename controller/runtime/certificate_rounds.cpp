#include "controller/runtime/certificate_rounds.h"

#include <algorithm>

namespace understudy {
namespace {

// A name a certificate for "*.example.org" covers.
std::string probe_name(const std::string& domain) {
    return domain.starts_with("*.") ? "understudy" + domain.substr(1) : domain;
}

int days_until(WallTime end, WallTime now) {
    return static_cast<int>(std::chrono::floor<std::chrono::days>(end - now).count());
}

}  // namespace

void CertificateRounds::plan(Instant now) {
    if (!limits_.enabled) return;
    std::map<Pair, Instant> kept;
    for (const Domain* domain : fleet_.domains()) {
        const Pool* pool = fleet_.pool(domain->pool);
        if (pool == nullptr) continue;
        for (const ServerId server : pool->members) {
            const Pair pair{domain->id, server};
            const auto known = due_at_.find(pair);
            kept[pair] = known != due_at_.end()
                             ? known->second
                             : now + random_.between(Duration{0}, limits_.first_spread);
        }
    }
    due_at_ = std::move(kept);
    queue_.clear();
    for (const auto& [pair, at] : due_at_)
        queue_.emplace(at, pair);
}

void CertificateRounds::schedule(const Pair& pair, Instant at) {
    due_at_[pair] = at;
    queue_.emplace(at, pair);
}

void CertificateRounds::start(Instant now) {
    while (!queue_.empty() && queue_.begin()->first <= now &&
           in_flight_.size() < static_cast<std::size_t>(limits_.in_flight)) {
        const Pair pair = queue_.begin()->second;
        queue_.erase(queue_.begin());
        probe(pair, now);
    }
}

void CertificateRounds::probe(const Pair& pair, Instant now) {
    const Domain* domain = fleet_.domain(pair.domain);
    const Server* server = fleet_.server(pair.server);
    if (domain == nullptr || server == nullptr) return;
    schedule(pair,
             now + random_.between(limits_.interval - limits_.interval / 10, limits_.interval));
    CertificateProbe probe;
    probe.address = to_string(server->ipv4);
    probe.port = limits_.port;
    probe.name = probe_name(domain->name);
    const TransferId id = ids_.next();
    in_flight_.emplace(id, pair);
    outbound_.submit(id, std::move(probe));
}

bool CertificateRounds::finished(const TransferDone& done, WallTime wall,
                                 DispatcherOutput& output) {
    const auto entry = in_flight_.find(done.id);
    if (entry == in_flight_.end()) return false;
    const Pair pair = entry->second;
    in_flight_.erase(entry);
    const auto& answer = std::get<CertificateAnswer>(done.answer);
    if (const auto end = parse_rfc3339(answer.not_after)) {
        output.events.push_back(
            CertificateSeen{pair.domain, pair.server, answer.not_after, days_until(*end, wall)});
    }
    return true;
}

Instant CertificateRounds::next_deadline() const {
    const bool room = in_flight_.size() < static_cast<std::size_t>(limits_.in_flight);
    return room && !queue_.empty() ? queue_.begin()->first : kNever;
}

}  // namespace understudy
