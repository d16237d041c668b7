// Invariants of every moment: what is known down does not stay published, and what is decided is
// published.
#include <algorithm>
#include <utility>

#include "controller/core/testimony.h"
#include "tests/simulation/invariants.h"
#include "tests/simulation/known.h"

namespace understudy::simulation::invariants {
namespace {

using known::kSlack;

// A refused write is tried again by the maintenance loop at the latest, when a rate limit is over.
constexpr Duration kProviderAgain{330'000};
constexpr Duration kWriteTime{60'000};
constexpr Duration kPerRecord{60};

struct Judged {
    const Moment& moment;
    const Pool& pool;
};

// Since when the policy calls the server down; kNever: it does not.
Instant down_at(const Judged& judged, ServerId id) {
    const Ledger& ledger = judged.moment.ledger;
    const auto row = ledger.servers.find(id);
    if (row == ledger.servers.end() || row->second.maintenance) return kNever;
    const auto book = ledger.server_books.find(id);
    if (book == ledger.server_books.end() || !book->second.told.last_seen) {
        if (!row->second.ever_seen) return kNever;
        return ledger.started + judged.moment.timings.warm_up;
    }
    const Told& told = book->second.told;
    const Policy& policy = judged.pool.policy;
    Instant at = *told.last_seen + policy.health_timeout_s + Duration{1};
    if (told.down_since) {
        Duration confirm = policy.reaction == Reaction::Prompt ? policy.confirm_s : Duration{0};
        if (!told.linked && told.departure == Departure::Restart)
            confirm = std::max(confirm, judged.moment.timings.restart_grace);
        at = std::min(at, *told.down_since + confirm);
    }
    return at;
}

// One found it serving, and confirm_s has not passed since that word was good.
bool vouched(const Judged& judged, ServerId id) {
    const auto book = judged.moment.ledger.server_books.find(id);
    if (book == judged.moment.ledger.server_books.end()) return false;
    return std::ranges::any_of(book->second.said, [&](const auto& said) {
        return judged.moment.now <
               said.second.serving_until + judged.pool.policy.confirm_s + kSlack;
    });
}

// Since when it is healthy and may be chosen; kNever: it is not.
Instant eligible_since(const Judged& judged, ServerId id) {
    const Ledger& ledger = judged.moment.ledger;
    const Instant since = known::healthy_since(ledger, judged.pool, id, judged.moment.now);
    if (since == kNever || judged.pool.policy.require_ready == RequireReady::Prefer) return since;
    const auto readied = known::readied(ledger, judged.pool, id);
    return readied && readied->unready == 0 ? std::max(since, readied->since) : kNever;
}

// Its link has ended, or nothing comes over it any more.
bool lost(const Judged& judged, ServerId id) {
    const auto book = judged.moment.ledger.server_books.find(id);
    if (book == judged.moment.ledger.server_books.end()) return true;
    const Told& told = book->second.told;
    return !told.linked || (told.last_seen && judged.moment.now - *told.last_seen >
                                                  judged.pool.policy.health_timeout_s - kSlack);
}

int missing(const Moment& moment) {
    return static_cast<int>(std::ranges::count_if(moment.ledger.servers, [&](const auto& entry) {
        const auto book = moment.ledger.server_books.find(entry.first);
        if (book == moment.ledger.server_books.end()) return true;
        const Told& told = book->second.told;
        return !told.linked || moment.now - *told.last_seen > Duration{60'000};
    }));
}

// When it was lost; none: it was not.
std::optional<Instant> lost_at(const Moment& moment, ServerId id) {
    const Ledger& ledger = moment.ledger;
    const auto book = ledger.server_books.find(id);
    // Who has not come since the start is lost when the warm-up is over.
    if (book == ledger.server_books.end() || !book->second.told.last_seen)
        return ledger.started + moment.timings.warm_up;
    const Told& told = book->second.told;
    if (!told.linked) return told.left_at;
    const Instant unseen = *told.last_seen + moment.health_timeout;
    return unseen <= moment.now ? std::optional{unseen} : std::nullopt;
}

// Enough links were lost just now for them to be the first of most.
bool losses_settle(const Judged& judged) {
    const GuardLimits& limits = judged.moment.timings.guards;
    const auto since = judged.moment.now - 2 * limits.mass_loss_spread - kSlack;
    const auto count = std::ranges::count_if(judged.moment.ledger.servers, [&](const auto& entry) {
        const auto at = lost_at(judged.moment, entry.first);
        return at && *at >= since;
    });
    return count >= limits.mass_loss_servers;
}

// It, or a record of it, which may have come from another pool.
bool changed_before(const Judged& judged) {
    if (judged.pool.changes.count > 0) return true;
    return std::ranges::any_of(judged.moment.ledger.domains, [&](const auto& entry) {
        return entry.second.pool == judged.pool.id && entry.second.record.changes.count > 0;
    });
}

// What the rules allow to keep a pool where it is, by name; a claim of the engine's counts only
// when the ledger agrees with its grounds.
const char* excuse_of(const Judged& judged) {
    const Moment& moment = judged.moment;
    const Ledger& ledger = moment.ledger;
    const GuardLimits& limits = moment.timings.guards;
    if (judged.pool.hold) return "hold";
    if (ledger.controls.pause) return "pause";
    if (judged.pool.dry_run || ledger.controls.dry_run) return "observe";
    if (moment.now < ledger.stalled_until) return "stall";
    if (losses_settle(judged)) return "mass_loss";
    const auto claimed = moment.claimed(judged.pool.id);
    if (claimed.contains("warm_up") && moment.now < ledger.started + moment.timings.warm_up)
        return "warm_up";
    // When most are back the rest is waited for, so one who is missing is ground enough.
    if (claimed.contains("mass_loss") && missing(moment) > 0) return "mass_loss";
    if (claimed.contains("witness") && limits.witnesses) {
        for (const ServerId id : judged.pool.target.servers)
            if (lost(judged, id)) return "witness";
    }
    if (claimed.contains("change_budget") && changed_before(judged)) return "change_budget";
    const auto& target = judged.pool.target.servers;
    if (std::ranges::any_of(target, [&](ServerId id) { return vouched(judged, id); }))
        return "serving";
    return nullptr;
}

// When the pool should have left the dead behind; kNever: it need not.
Instant leaves_at(const Judged& judged, ServerId& dead) {
    const Pool& pool = judged.pool;
    Instant down = kNever;
    for (const ServerId id : pool.target.servers) {
        const Instant at = down_at(judged, id);
        if (at < down) {
            down = at;
            dead = id;
        }
    }
    if (pool.target.is_fallback()) down = Instant{};
    Instant healthy = kNever;
    for (const ServerId id : pool.members) {
        // In an active-active pool whoever serves beside the dead one is enough.
        if (pool.target.has(id) && !pool.active_active()) continue;
        healthy = std::min(healthy, eligible_since(judged, id));
    }
    if (down == kNever || healthy == kNever) return kNever;
    return std::max(down, healthy);
}

Broken one_pool(const Judged& judged) {
    const Moment& moment = judged.moment;
    const Pool& pool = judged.pool;
    ServerId dead;
    Instant at = leaves_at(judged, dead);
    if (at > moment.now) return std::nullopt;
    PoolBook& book = moment.ledger.pool_books[pool.id];
    // It ended some time between the last look and this one.
    const bool was_excused = std::exchange(book.excused, excuse_of(judged) != nullptr);
    if (book.excused || was_excused) book.excused_until = std::max(book.excused_until, moment.now);
    if (book.excused) return std::nullopt;
    at = std::max({at, book.changed_at, book.excused_until, moment.ledger.started});
    Duration reaction = kSlack;
    if (pool.policy.reaction == Reaction::Maintenance)
        reaction += moment.timings.maintenance_interval;
    if (moment.timings.guards.witnesses) reaction += 2 * moment.timings.guards.witness_retry;
    if (moment.now <= at + reaction) return std::nullopt;
    const std::string what =
        pool.target.is_fallback() ? "its fallback" : moment.ledger.servers.at(dead).name;
    return "pool " + pool.name + " publishes " + what + " for " + to_text(moment.now - at) +
           " although another member is healthy";
}

}  // namespace

Broken never_publishes_the_dead(const Moment& moment) {
    for (const auto& [id, pool] : moment.ledger.pools)
        if (auto broken = one_pool({moment, pool})) return broken;
    return std::nullopt;
}

Broken publishes_what_is_decided(const Moment& moment) {
    const Ledger& ledger = moment.ledger;
    const auto behind = std::ranges::count_if(ledger.domains, [](const auto& entry) {
        return !entry.second.record.settled() && !entry.second.record.in_conflict();
    });
    if (behind == 0) return std::nullopt;
    const Duration bound = kWriteTime + behind * kPerRecord;
    const Instant calm = std::max(
        {ledger.started, ledger.provider_troubled_until + kProviderAgain, ledger.stalled_until});
    if (moment.now <= calm + bound) return std::nullopt;
    for (const auto& [id, domain] : ledger.domains) {
        if (domain.record.settled() || domain.record.in_conflict()) continue;
        const Instant since = ledger.domain_books.at(domain.name).desired_at;
        if (moment.now > std::max(since, calm) + bound) {
            return domain.name + " is not what was decided for " +
                   to_text(moment.now - std::max(since, calm));
        }
    }
    return std::nullopt;
}

std::span<const Named<Moment>> of_moments() {
    static constexpr Named<Moment> kAll[] = {
        {"never_publishes_the_dead", never_publishes_the_dead},
        {"publishes_what_is_decided", publishes_what_is_decided},
    };
    return kAll;
}

}  // namespace understudy::simulation::invariants
