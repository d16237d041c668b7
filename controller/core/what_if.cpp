#include "controller/core/what_if.h"

#include <algorithm>
#include <utility>

#include "controller/core/readiness.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"
#include "controller/core/what_if_domains.h"

namespace understudy::what_if {
namespace {

using Action = Choice::Action;
using Lost = std::span<const ServerId>;

constexpr std::size_t kWorkOfPool = 5;

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

// Who would take over, were it ready (selection.h); none: nobody is waited for.
ServerId unready_heir(const Played& played) {
    const Choice& choice = played.seen.choice;
    return choice.action == Action::Stay ? choice.not_ready : ServerId{};
}

WhatIfPool::Fate fate_of(const Played& played) {
    if (unready_heir(played)) return WhatIfPool::Fate::Moves;
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
        if (!among(lost, member.server)) {
            stay_well(member);
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
    if (const ServerId heir = unready_heir(played))
        return restraints::not_ready_of(view, pool, heir);
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
    found.name = pool.name;
    found.dry_run = in_dry_run(view.fleet, pool);
    Situation seen = look_at(view, pool);
    const Wait wait = lose_members(view, pool, seen, lost);
    if (!hit(view, pool, lost)) {
        pass_time(seen.members, kNever - Duration{1});
        found.standby = standby_of(seen.members, moving_target(view.fleet, pool));
        return judged;
    }
    judged.played = play(view, pool, std::move(seen), lost);
    found.fate = fate_of(judged.played);
    const ServerId heir = unready_heir(judged.played);
    found.to = heir ? Target{heir} : judged.played.target;
    found.standby = standby_of(judged.played.seen.members, found.to);
    found.detection = wait.detection;
    found.waiting = decided_at(wait.waiting, judged.played.at - view.now);
    return judged;
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

// By name.
std::vector<PoolId> pools_of(const EngineView& view, Lost lost) {
    std::vector<const Pool*> pools;
    for (const ServerId id : lost)
        for (const PoolId pool : view.fleet.pools_of(id))
            pools.push_back(view.fleet.pool(pool));
    std::ranges::sort(pools, {}, [](const Pool* pool) -> const std::string& { return pool->name; });
    pools.erase(std::unique(pools.begin(), pools.end()), pools.end());
    std::vector<PoolId> ids;
    for (const Pool* pool : pools)
        ids.push_back(pool->id);
    return ids;
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

std::size_t most_unready(const EngineView& view, const Pool& pool, const Target& to) {
    std::size_t most = 0;
    for (const ServerId server : to.servers)
        most = std::max(most, readiness::unready(view, pool, server).value_or(0));
    return most;
}

void add_pool(const EngineView& view, const Pool& pool, WhatIfServer& row,
              const std::optional<Restraint>& all) {
    const Lost lost{&row.server, 1};
    if (!hit(view, pool, lost)) return;
    const std::size_t domains = view.fleet.domains_of(pool.id).size();
    const auto [found, played] = judge(view, pool, lost);
    ++row.published;
    const bool moves = found.fate == WhatIfPool::Fate::Moves;
    const bool stays = found.fate == WhatIfPool::Fate::Stays;
    auto held = stays ? std::nullopt : held_anyway(view, pool, all);
    if (const ServerId heir = unready_heir(played); heir && !held)
        held = restraints::not_ready_of(view, pool, heir);
    const bool kept = moves && (held || found.dry_run);
    if (moves && !kept) row.not_ready += most_unready(view, pool, found.to);
    (kept ? row.held : moves ? row.moving : stays ? row.staying : row.unserved) += domains;
    row.last_standby += moves && found.standby == 0 && domains > 0 ? 1 : 0;
    if (held && !row.why) row.why = std::move(held);
}

}  // namespace

// --- a bit at a time -----------------------------------------------------------------------------

LossWalk::LossWalk(std::vector<ServerId> lost, std::size_t domains_named)
    : lost_(std::move(lost)), named_(domains_named), zones_(std::make_unique<ZoneTally>()) {}
LossWalk::~LossWalk() = default;

void LossWalk::begin(const EngineView& view) {
    begun_ = true;
    lost_ = known_of(view, std::move(lost_));
    found_.doubted = doubt_of(view, lost_);
    pools_ = pools_of(view, lost_);
    found_.pools.reserve(pools_.size());
}

bool LossWalk::go_on(const EngineView& view, Work& work) {
    if (!begun_) begin(view);
    while (work.left() && (domains_ || next_ < pools_.size())) {
        if (domains_) {
            count_domains(view, work);
        } else {
            judge_next(view);
            work.spend(kWorkOfPool);
        }
    }
    return !domains_ && next_ == pools_.size();
}

void LossWalk::judge_next(const EngineView& view) {
    const Pool* pool = view.fleet.pool(pools_[next_++]);
    if (pool == nullptr) return;
    auto [found, played] = judge(view, *pool, lost_);
    if (found.fate != WhatIfPool::Fate::Untouched) {
        found.held = holding(view, *pool, played);
        if (found.held && found.held->why.empty())
            found.held = restraints::worded(view, pool, std::move(*found.held));
        if (played.seen.choice.action != Action::Stay)
            found.reason = reason_of(played.seen.choice.cause);
        const Target& from = moving_target(view.fleet, *pool);
        found.from_text = to_string(view.fleet.addresses_of(*pool, from, true));
        found.to_text = to_string(view.fleet.addresses_of(*pool, found.to, true));
        const std::size_t named = std::min(named_, named_left_);
        domains_ = std::make_unique<DomainTally>(view, *pool, found.to, named);
    } else {
        found.domains.same = view.fleet.domains_of(pool->id).size();
    }
    found_.pools.push_back(std::move(found));
}

void LossWalk::count_domains(const EngineView& view, Work& work) {
    WhatIfPool& found = found_.pools.back();
    const Pool* pool = view.fleet.pool(found.pool);
    if (pool != nullptr) work.spend(domains_->go_on(view, *pool, found, *zones_, work.most()));
    if (pool != nullptr && !domains_->done()) return;
    named_left_ -= found.named.size();
    domains_.reset();
}

WhatIf LossWalk::take() {
    found_.zones = zones_->take();
    return std::move(found_);
}

void EachLossWalk::begin(const EngineView& view) {
    begun_ = true;
    held_ = restraints::on_all(view);
    if (held_) held_ = restraints::worded(view, nullptr, std::move(*held_));
    for (const Server* server : view.fleet.servers())
        servers_.push_back(server->id);
    std::ranges::reverse(servers_);
    rows_.reserve(servers_.size());
}

void EachLossWalk::next_server(const EngineView& view) {
    const Server* server = view.fleet.server(servers_.back());
    servers_.pop_back();
    if (server == nullptr) return;
    WhatIfServer& row = rows_.emplace_back();
    row.server = server->id;
    row.name = server->name;
    pools_ = view.fleet.pools_of(server->id);
    std::ranges::reverse(pools_);
}

bool EachLossWalk::go_on(const EngineView& view, Work& work) {
    if (!begun_) begin(view);
    while (work.left() && (!pools_.empty() || !servers_.empty())) {
        if (pools_.empty()) {
            next_server(view);
            work.spend(1);
            continue;
        }
        const Pool* pool = view.fleet.pool(pools_.back());
        pools_.pop_back();
        if (pool != nullptr) add_pool(view, *pool, rows_.back(), held_);
        work.spend(kWorkOfPool);
    }
    return pools_.empty() && servers_.empty();
}

}  // namespace understudy::what_if
