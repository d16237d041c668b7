#include "controller/core/what_if_domains.h"

#include <algorithm>
#include <string>

#include "controller/core/conflicts.h"
#include "controller/core/evidence.h"
#include "controller/core/readiness.h"

namespace understudy::what_if {
namespace {

WhatIfDomain::Fate usual_fate(const Domain& domain, WhatIfPool::Fate pool, bool same) {
    if (domain.ignored) return WhatIfDomain::Fate::Ignored;
    if (domain.record.in_conflict()) return WhatIfDomain::Fate::Blocked;
    if (pool == WhatIfPool::Fate::Outage || pool == WhatIfPool::Fate::Fallback)
        return WhatIfDomain::Fate::Unserved;
    if (pool == WhatIfPool::Fate::Stays || same) return WhatIfDomain::Fate::Same;
    return WhatIfDomain::Fate::Moves;
}

void count(WhatIfCounts& counts, WhatIfDomain::Fate fate) {
    switch (fate) {
        case WhatIfDomain::Fate::Moves:
            ++counts.moving;
            return;
        case WhatIfDomain::Fate::NotReady:
            ++counts.moving;
            ++counts.not_ready;
            return;
        case WhatIfDomain::Fate::Unserved:
            ++counts.unserved;
            return;
        case WhatIfDomain::Fate::Blocked:
            ++counts.blocked;
            return;
        case WhatIfDomain::Fate::Ignored:
            ++counts.ignored;
            return;
        case WhatIfDomain::Fate::Same:
            ++counts.same;
            return;
    }
}

std::string why_it_stays(const EngineView& view, const Domain& domain, WhatIfDomain::Fate fate) {
    if (fate == WhatIfDomain::Fate::Blocked) return conflicts::sentence(view.fleet, domain);
    if (fate == WhatIfDomain::Fate::Ignored)
        return "ignored " + evidence::sentence_of(*domain.ignored);
    return {};
}

// The first of those it would move to that could not take it over.
std::string why_not_ready(const EngineView& view, const Pool& pool, const Target& to, DomainId id) {
    for (const ServerId server : to.servers) {
        auto why = readiness::why_not(view, pool, server, id);
        if (!why.empty()) return "server '" + view.fleet.server(server)->name + "': " + why;
    }
    return {};
}

int size_of(const AddressSet& addresses) {
    return static_cast<int>(addresses.ipv4.size() + addresses.ipv6.size());
}

std::uint32_t ttl_of(const Domain& domain) {
    if (domain.proxied) return 0;  // its visitors never see the address
    const Ttl ttl = domain.record.desired_ttl;
    return ttl.automatic() ? kAutomaticTtl : ttl.seconds;
}

}  // namespace

void ZoneTally::add(const Domain& domain, const AddressSet& to) {
    if (zones_.empty() || last_.first != domain.provider || last_.second != domain.zone_id) {
        last_ = {domain.provider, domain.zone_id};
        const auto [at, first] = places_.try_emplace(last_, zones_.size());
        if (first) zones_.push_back({domain.provider});
        place_ = at->second;
    }
    WhatIfZone& zone = zones_[place_];
    ++zone.records;
    zone.addresses += std::max(size_of(domain.record.content()), size_of(to));
    zone.ttl = std::max(zone.ttl, ttl_of(domain));
}

DomainTally::DomainTally(const EngineView& view, const Pool& pool, const Target& to,
                         std::size_t named)
    : both_(view.fleet.addresses_of(pool, to, true)),
      ipv4_only_(view.fleet.addresses_of(pool, to, false)),
      named_(named),
      domains_(view.fleet.domains_of(pool.id)) {}

std::size_t DomainTally::go_on(const EngineView& view, const Pool& pool, WhatIfPool& found,
                               ZoneTally& zones, std::size_t most) {
    const std::size_t first = next_;
    for (; next_ < domains_.size() && next_ - first < most; ++next_) {
        const Domain* domain = view.fleet.domain(domains_[next_]);
        if (domain != nullptr && domain->pool == pool.id) add(view, pool, *domain, found, zones);
    }
    return next_ - first;
}

void DomainTally::add(const EngineView& view, const Pool& pool, const Domain& domain,
                      WhatIfPool& found, ZoneTally& zones) {
    const AddressSet& aimed = domain.with_ipv6 ? both_ : ipv4_only_;
    const AddressSet& from = domain.record.content();
    const bool same = from == aimed;
    auto fate = usual_fate(domain, found.fate, same);
    std::string why;
    if (fate == WhatIfDomain::Fate::Moves) why = why_not_ready(view, pool, found.to, domain.id);
    if (!why.empty()) fate = WhatIfDomain::Fate::NotReady;
    count(found.domains, fate);
    const bool left = domain.ignored || domain.record.in_conflict();
    if (!same && !left && !found.dry_run && !found.held) zones.add(domain, aimed);
    if (found.named.size() >= named_) return;
    if (why.empty()) why = why_it_stays(view, domain, fate);
    found.named.push_back(
        {domain.name, fate, to_string(from), to_string(left ? from : aimed), std::move(why)});
}

}  // namespace understudy::what_if
