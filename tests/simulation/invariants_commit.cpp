// Invariants of what is committed: events, notices, overrides, budgets.
#include <algorithm>
#include <map>

#include "controller/core/selection.h"
#include "tests/simulation/invariants.h"

namespace understudy::simulation::invariants {
namespace {

bool is_move(const LogLine& line) {
    return line.type == "failover_decided" || line.type == "failback_decided";
}

// Of a drill, which leaves who serves well, and comes home.
bool practised(const LogLine& line) {
    return line.reason == reason_of(Cause::Drill);
}

template <typename Saved, typename Visit>
void each(const Commit& commit, const Visit& visit) {
    for (const Change& change : commit.changes)
        if (const auto* one = std::get_if<Saved>(&change)) visit(*one);
}

const Pool* pool_before(const Commit& commit, PoolId id) {
    const auto at = commit.before.pools.find(id);
    return at == commit.before.pools.end() ? nullptr : &at->second;
}

}  // namespace

std::set<PoolId> moved_by_itself(const Commit& commit) {
    std::set<PoolId> moved;
    std::set<PoolId> ordered;
    each<AppendLog>(commit, [&](const AppendLog& change) {
        if (is_move(change.line) && !practised(change.line)) {
            (change.line.who.empty() ? moved : ordered).insert(change.line.pool);
        }
    });
    for (const PoolId id : ordered)
        moved.erase(id);
    return moved;
}

bool has_order(const Commit& commit) {
    return std::ranges::any_of(commit.changes, [](const Change& change) {
        const auto* line = std::get_if<AppendLog>(&change);
        return line != nullptr && !line->line.who.empty();
    });
}

Broken never_wants_an_empty_set(const Commit& commit) {
    Broken broken;
    each<SaveDomain>(commit, [&](const SaveDomain& change) {
        if (change.domain.record.desired.empty())
            broken = "record " + change.domain.name + " is to have no address";
    });
    return broken;
}

Broken every_move_has_exactly_one_event(const Commit& commit) {
    std::map<PoolId, std::int64_t> lines;
    each<AppendLog>(commit, [&](const AppendLog& change) {
        if (is_move(change.line)) ++lines[change.line.pool];
    });
    Broken broken;
    each<SavePool>(commit, [&](const SavePool& change) {
        const Pool* before = pool_before(commit, change.pool.id);
        if (before == nullptr) return;
        const std::int64_t moves = change.pool.epoch - before->epoch;
        if (moves != lines[change.pool.id]) {
            broken = "pool " + change.pool.name + " moved " + std::to_string(moves) +
                     " times, with " + std::to_string(lines[change.pool.id]) + " events";
        }
        if (moves == 0 && before->target != change.pool.target)
            broken = "pool " + change.pool.name + " moved without being counted";
    });
    return broken;
}

// News of domains is gathered first, and counted when all is told (convergence.cpp).
Broken every_event_has_its_notices(const Commit& commit) {
    static const std::set<std::string> kAtOnce{"server_down", "server_up", "server_error"};
    static const std::set<std::string> kGathered{"outage_started", "outage_resolved"};
    static const std::set<std::string> kHeld{"failover_held", "failover_observed",
                                             "failback_observed"};
    const ChannelId watched = commit.before.watched();
    if (!watched) return std::nullopt;
    std::map<EventId, int> told;
    std::map<std::pair<std::string, IncidentId>, int> gathered;
    std::map<PoolId, int> held;  // what holds several pools is one message
    each<Enqueue>(commit, [&](const Enqueue& change) {
        if (change.channel != watched) return;
        ++told[change.notice.event];
        ++gathered[{to_text(change.notice.type), change.notice.incident}];
        if (change.notice.type != NoticeType::FailoverHeld) return;
        if (change.notice.pools.empty()) ++held[change.notice.pool];
        for (const NamedPool& pool : change.notice.pools)
            ++held[pool.id];
    });
    Broken broken;
    each<AppendLog>(commit, [&](const AppendLog& change) {
        const bool once = kAtOnce.contains(change.line.type);
        const bool with_others = kGathered.contains(change.line.type);
        const int count =
            with_others ? gathered[{change.line.type, change.line.incident}] : told[change.line.id];
        if ((once || with_others) && count != 1)
            broken = change.line.type + " was told " + std::to_string(count) + " times";
        if (kHeld.contains(change.line.type)) --held[change.line.pool];
    });
    for (const auto& [pool, untold] : held)
        if (untold != 0) broken = "failover_held was not told once for each pool and event";
    return broken;
}

Broken every_down_has_one_up(const Commit& commit) {
    std::map<ServerId, Alarm> told;
    std::map<PoolId, bool> outage;
    Broken broken;
    each<AppendLog>(commit, [&](const AppendLog& change) {
        const LogLine& line = change.line;
        if (line.type == "server_down" || line.type == "server_error" || line.type == "server_up") {
            const auto book = commit.before.server_books.find(line.server);
            const Alarm known =
                book == commit.before.server_books.end() ? Alarm::None : book->second.last_told;
            Alarm& last = told.try_emplace(line.server, known).first->second;
            const Alarm next = line.type == "server_up"     ? Alarm::None
                               : line.type == "server_down" ? Alarm::Down
                                                            : Alarm::Error;
            if (next == last) broken = line.type + " twice of server " + to_string(line.server);
            last = next;
        }
        if (line.type == "outage_started" || line.type == "outage_resolved") {
            const auto book = commit.before.pool_books.find(line.pool);
            const bool known = book != commit.before.pool_books.end() && book->second.outage_told;
            bool& last = outage.try_emplace(line.pool, known).first->second;
            const bool next = line.type == "outage_started";
            if (next == last) broken = line.type + " twice of pool " + to_string(line.pool);
            last = next;
        }
    });
    return broken;
}

// Between two recoveries of a domain something must have been told to be wrong; and, where no
// person had a hand in it, its primary must have come back as often.
Broken two_recoveries_are_never_three(const Commit& commit) {
    std::map<std::string, bool> away;
    Broken broken;
    each<AppendLog>(commit, [&](const AppendLog& change) {
        const LogLine& line = change.line;
        const auto domain = commit.before.domains.find(line.domain);
        if (domain == commit.before.domains.end()) return;
        const std::string& name = domain->second.name;
        const DomainBook& book = commit.before.domain_books.at(name);
        bool& told = away.try_emplace(name, book.told_away).first->second;
        if (line.type == "failover_triggered" || line.type == "failover_failed") told = true;
        if (line.type != "server_recovered") return;
        if (!told) broken = name + " recovered without having been away";
        told = false;
        const Pool& pool = commit.before.pools.at(domain->second.pool);
        const auto primary = commit.before.server_books.find(pool.primary());
        if (book.steered || book.practised || pool.active_active() ||
            primary == commit.before.server_books.end())
            return;
        if (book.recovered + 1 > primary->second.recoveries) {
            broken = name + " recovered " + std::to_string(book.recovered + 1) +
                     " times, its primary " + std::to_string(primary->second.recoveries) + " times";
        }
    });
    return broken;
}

Broken an_override_wins(const Commit& commit) {
    if (has_order(commit)) return std::nullopt;
    for (const PoolId id : moved_by_itself(commit)) {
        const Pool* before = pool_before(commit, id);
        if (before == nullptr) continue;
        Pool after = *before;
        Controls controls = commit.before.controls;
        each<SavePool>(commit, [&](const SavePool& change) {
            if (change.pool.id == id) after = change.pool;
        });
        each<SaveControls>(commit, [&](const SaveControls& change) { controls = change.controls; });
        const std::string moved = "pool " + before->name + " moved by itself while it was ";
        if (before->hold && after.hold) return moved + (after.hold->pinned ? "pinned" : "held");
        if (commit.before.controls.pause && controls.pause) return moved + "paused";
        if (before->dry_run && after.dry_run) return moved + "in a dry run";
        if (commit.before.controls.dry_run && controls.dry_run) return moved + "in a dry run";
    }
    return std::nullopt;
}

Broken never_moves_into_maintenance(const Commit& commit) {
    if (has_order(commit)) return std::nullopt;
    Broken broken;
    const auto moved = moved_by_itself(commit);
    each<SavePool>(commit, [&](const SavePool& change) {
        const Pool* before = pool_before(commit, change.pool.id);
        if (before == nullptr || !moved.contains(change.pool.id)) return;
        for (const ServerId id : change.pool.target.servers) {
            const auto server = commit.before.servers.find(id);
            if (before->target.has(id) || server == commit.before.servers.end()) continue;
            bool still = server->second.maintenance.has_value();
            each<SaveServer>(commit, [&](const SaveServer& saved) {
                if (saved.server.id == id) still = saved.server.maintenance.has_value();
            });
            if (still) broken = "pool " + before->name + " moved to a server in maintenance";
        }
    });
    return broken;
}

// Windows are fixed, so an hour may hold the end of one and the beginning of the next.
Broken budgets_hold(const Commit& commit) {
    const GuardLimits& limits = commit.timings.guards;
    if (limits.changes_per_pool == 0) return std::nullopt;
    for (const PoolId id : moved_by_itself(commit)) {
        const auto book = commit.before.pool_books.find(id);
        if (book == commit.before.pool_books.end()) continue;
        const auto recent = std::ranges::count_if(book->second.automatic, [&](const WallTime& at) {
            return at + limits.change_window > commit.wall;
        });
        if (recent + 1 > 2 * static_cast<std::ptrdiff_t>(limits.changes_per_pool)) {
            return "pool " + to_string(id) + " moved by itself " + std::to_string(recent + 1) +
                   " times within an hour";
        }
    }
    return std::nullopt;
}

std::span<const Named<Commit>> of_commits() {
    static constexpr Named<Commit> kAll[] = {
        {"never_wants_an_empty_set", never_wants_an_empty_set},
        {"every_move_has_exactly_one_event", every_move_has_exactly_one_event},
        {"every_event_has_its_notices", every_event_has_its_notices},
        {"every_down_has_one_up", every_down_has_one_up},
        {"two_recoveries_are_never_three", two_recoveries_are_never_three},
        {"an_override_wins", an_override_wins},
        {"never_moves_into_maintenance", never_moves_into_maintenance},
        {"budgets_hold", budgets_hold},
        {"never_leaves_who_serves", never_leaves_who_serves},
        {"never_moves_to_the_unready", never_moves_to_the_unready},
    };
    return kAll;
}

}  // namespace understudy::simulation::invariants
