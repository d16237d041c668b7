#include "controller/core/what_if.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "controller/core/conflicts.h"
#include "controller/core/evidence.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::what_if {
namespace {

using Action = Choice::Action;
using Lost = std::span<const ServerId>;

// Sorted: half a fleet may be lost.
bool among(Lost lost, ServerId server) {
    return std::ranges::binary_search(lost, server);
}

bool publishes(Lost lost, const Target& target) {
    return std::ranges::any_of(target.servers, [&](ServerId id) { return among(lost, id); });
}

// In a dry run what is served and what is thought move apart: either may be hit.
bool hit(const EngineView& view, const Pool& pool, Lost lost) {
    return publishes(lost, pool.target) || publishes(lost, moving_target(view.fleet, pool));
}

// --- what would be chosen ------------------------------------------------------------------------

void lose(MemberView& member, Instant down_at) {
    Fitness& fitness = member.fitness;
    // Neither serves for anybody: it cannot be lost.
    if (fitness.standing == Standing::Maintenance || fitness.standing == Standing::Absent) return;
    fitness.vouched = false;
    if (fitness.standing == Standing::Down) return;
    const bool suspect = fitness.standing == Standing::Suspect;
    fitness.standing = Standing::Suspect;
    fitness.changes_at = suspect ? std::min(fitness.changes_at, down_at) : down_at;
}

void pass_time(std::vector<MemberView>& members, Instant at) {
    for (MemberView& member : members) {
        if (member.fitness.changes_at > at) continue;
        member.fitness.standing = Standing::Down;
        member.fitness.changes_at = kNever;
    }
}

// A pool, played on from the loss until it publishes none of the lost, or stays.
struct Played {
    Situation seen;  // with what was chosen last
    Target target;
    Instant at{};
    bool outage = false;
};

Played play(const EngineView& view, const Pool& pool, Situation seen, Lost lost) {
    std::vector<MemberView>& members = seen.members;
    Played played;
    played.target = moving_target(view.fleet, pool);
    played.at = view.now;
    for (std::size_t turns = 0; turns <= 4 * members.size(); ++turns) {
        seen.choice = choose(members, played.target, seen.rules, played.at);
        played.outage = seen.choice.action == Action::Outage;
        if (seen.choice.action != Action::Stay) played.target = seen.choice.target;
        if (played.outage || !publishes(lost, played.target)) break;
        if (seen.choice.action == Action::Move) continue;  // to another that is lost
        if (seen.choice.reconsider_at == kNever || seen.choice.reconsider_at <= played.at) break;
        played.at = seen.choice.reconsider_at;
        pass_time(members, played.at);
    }
    played.seen = std::move(seen);
    return played;
}

WhatIfPool::Fate fate_of(const Played& played) {
    if (played.outage)
        return played.target.is_fallback() ? WhatIfPool::Fate::Fallback : WhatIfPool::Fate::Outage;
    return played.seen.choice.action == Action::Move ? WhatIfPool::Fate::Moves
                                                     : WhatIfPool::Fate::Stays;
}

// Who is healthy and not needed: one serves.
int standby_of(std::span<const MemberView> members, const Target& target) {
    int healthy = 0;
    bool serves = false;
    for (const MemberView& member : members) {
        if (member.fitness.standing != Standing::Healthy) continue;
        ++healthy;
        serves = serves || target.has(member.server);
    }
    return serves ? healthy - 1 : healthy;
}

// The longest of the lost members' waits, and the members with the loss in them.
Wait lose_members(const EngineView& view, const Pool& pool, Situation& seen, Lost lost) {
    Wait longest;
    for (MemberView& member : seen.members) {
        const bool healthy = member.fitness.standing == Standing::Healthy;
        if (!among(lost, member.server)) {
            // Who is healthy or vouched for stays so.
            if (healthy || member.fitness.vouched) member.fitness.changes_at = kNever;
            continue;
        }
        const Wait wait = wait_for(view, pool, member.server, lost);
        lose(member, view.now + wait.waiting.best);
        if (wait.waiting.worst + wait.detection.worst >=
            longest.waiting.worst + longest.detection.worst)
            longest = wait;
    }
    return longest;
}

// What it waits for beside the lost, or need not wait for at all.
WaitSpan decided_at(const WaitSpan& usual, Duration decided) {
    const Duration shift = decided - usual.best;
    return {decided, std::max(decided, usual.worst + shift)};
}

// What holds every pool at present is looked up once.
std::optional<Restraint> holding(const EngineView& view, const Pool& pool, const Played& played) {
    if (played.seen.choice.action == Action::Stay) return std::nullopt;
    auto held = restraints::on(view, pool, played.seen);
    if (held && held->until <= played.at) held.reset();
    return held;
}

struct Judged {
    WhatIfPool pool;
    Played played;
};

Judged judge(const EngineView& view, const Pool& pool, Lost lost) {
    Judged judged;
    WhatIfPool& found = judged.pool;
    found.pool = pool.id;
    found.observed = observed(view.fleet, pool);
    Situation seen = look_at(view, pool);
    const Wait wait = lose_members(view, pool, seen, lost);
    if (!hit(view, pool, lost)) {
        pass_time(seen.members, kNever - Duration{1});
        found.standby = standby_of(seen.members, moving_target(view.fleet, pool));
        return judged;
    }
    judged.played = play(view, pool, std::move(seen), lost);
    found.fate = fate_of(judged.played);
    found.to = judged.played.target;
    found.standby = standby_of(judged.played.seen.members, found.to);
    found.detection = wait.detection;
    found.waiting = decided_at(wait.waiting, judged.played.at - view.now);
    return judged;
}

// --- its domains ---------------------------------------------------------------------------------

// The addresses the pool's domains would have, looked up once.
struct Aimed {
    AddressSet both, ipv4_only;

    Aimed(const Fleet& fleet, const Pool& pool, const Target& target)
        : both(fleet.addresses_of(pool, target, true)),
          ipv4_only(fleet.addresses_of(pool, target, false)) {}
    const AddressSet& at(const Domain& domain) const { return domain.with_ipv6 ? both : ipv4_only; }
};

WhatIfDomain::Fate fate_of(const Domain& domain, WhatIfPool::Fate pool, bool same) {
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

int size_of(const AddressSet& addresses) {
    return static_cast<int>(addresses.ipv4.size() + addresses.ipv6.size());
}

std::uint32_t ttl_of(const Domain& domain) {
    if (domain.proxied) return 0;  // its visitors never see the address
    const Ttl ttl = domain.record.desired_ttl;
    return ttl.automatic() ? kAutomaticTtl : ttl.seconds;
}

// Neighbours mostly share a zone.
class ZoneTally {
  public:
    explicit ZoneTally(std::vector<WhatIfZone>& zones) : zones_(zones) {}

    void add(const Domain& domain, const AddressSet& to) {
        const Key key{domain.provider, domain.zone_id};
        if (key != last_) {
            const auto [at, first] = places_.try_emplace(key, zones_.size());
            if (first) zones_.push_back({domain.provider});
            place_ = at->second;
            last_ = key;
        }
        WhatIfZone& zone = zones_[place_];
        ++zone.records;
        zone.addresses += std::max(size_of(domain.record.content()), size_of(to));
        zone.ttl = std::max(zone.ttl, ttl_of(domain));
    }

  private:
    using Key = std::pair<ProviderId, std::string_view>;
    std::map<Key, std::size_t> places_;
    Key last_{};
    std::size_t place_ = 0;
    std::vector<WhatIfZone>& zones_;
};

void add_domains(const EngineView& view, const Pool& pool, WhatIfPool& found, ZoneTally& zones,
                 std::size_t most) {
    const Aimed to{view.fleet, pool, found.to};
    for (const DomainId id : view.fleet.domains_of(pool.id)) {
        const Domain& domain = *view.fleet.domain(id);
        const AddressSet& aimed = to.at(domain);
        const AddressSet& from = domain.record.content();
        const bool same = from == aimed;
        const auto fate = fate_of(domain, found.fate, same);
        count(found.domains, fate);
        const bool left = domain.ignored || domain.record.in_conflict();
        if (!same && !left && !found.observed && !found.held) zones.add(domain, aimed);
        if (found.named.size() >= most) continue;
        found.named.push_back({id, fate, to_string(from), to_string(left ? from : aimed),
                               why_it_stays(view, domain, fate)});
    }
}

// --- the doubt of so many at once ----------------------------------------------------------------

std::vector<ServerId> that_vanish(const EngineView& view, Lost lost) {
    std::vector<ServerId> expected;
    for (const ServerId id : lost)
        if (view.fleet.server(id)->expected()) expected.push_back(id);
    return expected;
}

std::optional<Restraint> doubt_of(const EngineView& view, Lost lost) {
    const auto vanishing = that_vanish(view, lost);
    const int expected = view.fleet.expected_servers();
    if (!view.guards.mass_loss.would_doubt(vanishing, view.now, expected)) return std::nullopt;
    return restraints::mass_loss_of(view.fleet, vanishing);
}

// Each once, and only those there are.
std::vector<ServerId> known_of(const EngineView& view, std::vector<ServerId> lost) {
    std::erase_if(lost, [&](ServerId id) { return view.fleet.server(id) == nullptr; });
    std::ranges::sort(lost);
    lost.erase(std::unique(lost.begin(), lost.end()), lost.end());
    return lost;
}

std::vector<const Pool*> pools_of(const EngineView& view, Lost lost) {
    std::vector<const Pool*> pools;
    for (const ServerId id : lost)
        for (const PoolId pool : view.fleet.pools_of(id))
            pools.push_back(view.fleet.pool(pool));
    std::ranges::sort(pools, {}, [](const Pool* pool) -> const std::string& { return pool->name; });
    pools.erase(std::unique(pools.begin(), pools.end()), pools.end());
    return pools;
}

// --- one server of many --------------------------------------------------------------------------

// What holds without a look at each domain: budgets are left out.
std::optional<Restraint> held_anyway(const EngineView& view, const Pool& pool,
                                     const std::optional<Restraint>& all) {
    if (all || !pool.hold) return all;
    Restraint hold;
    hold.kind = "hold";
    hold.pool = pool.id;
    return restraints::worded(view, &pool, std::move(hold));
}

void add_pool(const EngineView& view, const Pool& pool, WhatIfServer& row,
              const std::optional<Restraint>& all) {
    const Lost lost{&row.server, 1};
    if (!hit(view, pool, lost)) return;
    const std::size_t domains = view.fleet.domains_of(pool.id).size();
    const WhatIfPool found = judge(view, pool, lost).pool;
    ++row.published;
    const bool moves = found.fate == WhatIfPool::Fate::Moves;
    const bool stays = found.fate == WhatIfPool::Fate::Stays;
    auto held = stays ? std::nullopt : held_anyway(view, pool, all);
    const bool kept = moves && (held || found.observed);
    (kept ? row.held : moves ? row.moving : stays ? row.staying : row.unserved) += domains;
    row.last_standby += moves && found.standby == 0 && domains > 0 ? 1 : 0;
    if (held && !row.why) row.why = std::move(held);
}

}  // namespace

WhatIf loss_of(const EngineView& view, std::vector<ServerId> servers, std::size_t domains_named) {
    const std::vector<ServerId> lost = known_of(view, std::move(servers));
    WhatIf all;
    all.doubted = doubt_of(view, lost);
    ZoneTally zones{all.zones};
    std::size_t left = kNamedInAll;
    for (const Pool* pool : pools_of(view, lost)) {
        auto [found, played] = judge(view, *pool, lost);
        if (found.fate != WhatIfPool::Fate::Untouched) {
            found.held = holding(view, *pool, played);
            if (found.held) found.held = restraints::worded(view, pool, std::move(*found.held));
            if (played.seen.choice.action != Action::Stay)
                found.reason = reason_of(played.seen.choice.cause);
            const Target& from = moving_target(view.fleet, *pool);
            found.from_text = to_string(view.fleet.addresses_of(*pool, from, true));
            found.to_text = to_string(view.fleet.addresses_of(*pool, found.to, true));
            add_domains(view, *pool, found, zones, std::min(domains_named, left));
            left -= found.named.size();
        } else {
            found.domains.same = view.fleet.domains_of(pool->id).size();
        }
        all.pools.push_back(std::move(found));
    }
    return all;
}

std::vector<WhatIfServer> loss_of_each(const EngineView& view) {
    auto held = restraints::on_all(view);
    if (held) held = restraints::worded(view, nullptr, std::move(*held));
    std::vector<WhatIfServer> rows;
    for (const Server* server : view.fleet.servers()) {
        WhatIfServer row;
        row.server = server->id;
        for (const PoolId pool : view.fleet.pools_of(server->id))
            add_pool(view, *view.fleet.pool(pool), row, held);
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace understudy::what_if
