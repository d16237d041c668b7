// Invariants of whom automation leaves and whom it moves to, by all that is said of a server: its
// link, its checks, observers of its service, and what sweeps found.
#include <algorithm>

#include "tests/simulation/invariants.h"
#include "tests/simulation/known.h"

namespace understudy::simulation::invariants {
namespace {

struct Move {
    const Pool& before;
    const Pool& after;
};

// Of pools that one member serves, by nobody's order.
template <typename Check>
Broken each_move(const Commit& commit, const Check& check) {
    if (has_order(commit)) return std::nullopt;
    const auto moved = moved_by_itself(commit);
    for (const Change& change : commit.changes) {
        const auto* saved = std::get_if<SavePool>(&change);
        if (saved == nullptr || !moved.contains(saved->pool.id)) continue;
        const auto before = commit.before.pools.find(saved->pool.id);
        if (before == commit.before.pools.end()) continue;
        const Move move{before->second, saved->pool};
        if (move.before.active_active() || move.after.active_active()) continue;
        if (auto broken = check(move)) return broken;
    }
    return std::nullopt;
}

bool goes_home(const Move& move) {
    return move.after.target.has(move.after.home());
}

// On the way home from one that still serves, and is no readier.
bool loses_nothing(const Commit& commit, const Move& move, const Readied& found) {
    if (!goes_home(move) || move.before.target.is_fallback()) return false;
    const ServerId from = move.before.target.servers.front();
    const bool serves =
        known::healthy_since(commit.before, move.before, from, commit.now) != kNever;
    const auto its = known::readied(commit.before, move.before, from);
    return serves && (!its || its->unready >= found.unready);
}

std::string name_of(const Commit& commit, ServerId id) {
    const auto server = commit.before.servers.find(id);
    return server == commit.before.servers.end() ? "nobody" : server->second.name;
}

}  // namespace

// Two sources at least speak for it, and none against it.
Broken never_leaves_who_serves(const Commit& commit) {
    return each_move(commit, [&](const Move& move) -> Broken {
        if (goes_home(move)) return std::nullopt;
        for (const ServerId id : move.before.target.servers) {
            if (!known::serves_for_all(commit.before, move.before, id, commit.now)) continue;
            return "pool " + move.before.name + " moved by itself away from " +
                   name_of(commit, id) + ", which serves for all who say something";
        }
        return std::nullopt;
    });
}

Broken never_moves_to_the_unready(const Commit& commit) {
    return each_move(commit, [&](const Move& move) -> Broken {
        if (move.after.target.is_fallback()) return std::nullopt;
        const ServerId to = move.after.target.servers.front();
        const Ledger& ledger = commit.before;
        const auto found = known::readied(ledger, move.before, to);
        const bool healthy = known::healthy_since(ledger, move.before, to, commit.now) != kNever;
        if (!healthy || !found || found->unready == 0) return std::nullopt;
        const std::string what = "pool " + move.before.name + " moved by itself to " +
                                 name_of(commit, to) + ", which is not ready";
        if (move.before.policy.require_ready == RequireReady::Must) return what;
        if (loses_nothing(commit, move, *found)) return std::nullopt;
        for (const ServerId other : move.before.members) {
            if (other == to || move.before.target.has(other)) continue;
            const auto its = known::readied(ledger, move.before, other);
            const bool may = known::healthy_since(ledger, move.before, other, commit.now) != kNever;
            if (may && its && its->unready == 0)
                return what + " while " + name_of(commit, other) + " is";
        }
        return std::nullopt;
    });
}

}  // namespace understudy::simulation::invariants
