#include "tests/simulation/sweeps.h"

#include <algorithm>

namespace understudy::simulation {
namespace {

constexpr Duration kSweepEvery{300'000};
constexpr Duration kSoonerUnready = kSweepEvery / 4;
// In the world each 20 s; here rarely, for it says nothing new.
constexpr Duration kSoonerUnreached = kSweepEvery / 5;
constexpr Duration kPlannedSoon{10'000};
// Three passes over what fails take so long; by then a network that is gone was doubted.
constexpr Duration kPasses{25'000};

bool other_members(const Pool& known, const Pool& saved) {
    return known.members != saved.members || service_of(known.policy) != service_of(saved.policy);
}

}  // namespace

bool Sweeps::expired(ServerId server) const {
    const auto at = expired_.find(server);
    return at != expired_.end() && schedule_.now() < at->second.until;
}

void Sweeps::committed(const std::vector<Change>& changes) {
    for (const Change& change : changes) {
        if (const auto* server = std::get_if<SaveServer>(&change)) {
            const auto known = ledger_.servers.find(server->server.id);
            if (known == ledger_.servers.end() || known->second.ipv4 != server->server.ipv4)
                soon(server->server.id);
        } else if (const auto* pool = std::get_if<SavePool>(&change)) {
            const auto known = ledger_.pools.find(pool->pool.id);
            if (known != ledger_.pools.end() && !other_members(known->second, pool->pool)) continue;
            for (const ServerId member : pool->pool.members)
                soon(member);
            if (known == ledger_.pools.end()) continue;
            for (const ServerId member : known->second.members)
                soon(member);
        }
    }
}

void Sweeps::expire(ServerId server, Duration length, bool for_all) {
    expired_[server] = {schedule_.now() + length, for_all};
}

void Sweeps::cut_off(Duration length) {
    if (schedule_.now() >= cut_off_until_) cut_off_since_ = schedule_.now();
    cut_off_until_ = std::max(cut_off_until_, schedule_.now() + length);
}

void Sweeps::overload(Duration length) {
    overloaded_until_ = std::max(overloaded_until_, schedule_.now() + length);
}

void Sweeps::controller_started() {
    for (const auto& [id, server] : ledger_.servers)
        soon(id);
}

void Sweeps::heal() {
    expired_.clear();
    cut_off_until_ = overloaded_until_ = {};
}

void Sweeps::soon(ServerId server) {
    again(server, random_.between(Duration{1}, kPlannedSoon));
}

// What was planned before counts no more.
void Sweeps::again(ServerId server, Duration after) {
    const Instant at = schedule_.now() + after;
    due_[server] = at;
    schedule_.in(after, [this, server, at] {
        const auto due = due_.find(server);
        if (due != due_.end() && due->second == at) sweep(server);
    });
}

ReadinessFound Sweeps::found_of(ServerId server) const {
    ReadinessFound found;
    found.server = server;
    const Instant now = schedule_.now();
    found.reached = agents_.serves(server) && now >= cut_off_until_;
    for (const auto& [id, pool] : ledger_.pools) {
        const bool member = std::ranges::find(pool.members, server) != pool.members.end();
        if (!member || service_of(pool.policy).empty()) continue;
        PoolReadiness one;
        one.pool = id;
        one.tls = found.reached;
        const auto expiry = expired_.find(server);
        const bool for_all = expiry == expired_.end() || expiry->second.for_all;
        const bool flawed = !found.reached || expired(server);
        for (const auto& [domain, row] : ledger_.domains) {
            if (row.pool != id) continue;
            ++one.asked;
            if (!flawed || (found.reached && !for_all && one.asked > 1)) continue;
            one.named.push_back({domain, found.reached ? "https 443: certificate: expired"
                                                       : "https 443: no answer"});
        }
        one.unready = one.named.size();
        if (one.asked > 0) found.pools.push_back(std::move(one));
    }
    if (found.pools.empty()) found.forgotten = true;
    if (found.forgotten || now >= overloaded_until_) return found;
    for (PoolReadiness& pool : found.pools)
        pool = {pool.pool, 0, 0, pool.asked, {}, false};
    found.reached = false;
    found.trouble = "the controller is behind with its probes";
    return found;
}

void Sweeps::sweep(ServerId server) {
    if (!ledger_.servers.contains(server)) return;
    const Instant now = schedule_.now();
    if (now < cut_off_until_ && now - cut_off_since_ < kPasses) return again(server, kPasses);
    const ReadinessFound found = found_of(server);
    const bool unready = std::ranges::any_of(
        found.pools, [](const PoolReadiness& pool) { return pool.unready + pool.unknown > 0; });
    const Duration interval = !found.reached ? kSoonerUnreached
                              : unready      ? kSoonerUnready
                                             : kSweepEvery;
    again(server, random_.between(interval - interval / 10, interval));
    tell_(found, now);
}

}  // namespace understudy::simulation
