#include "controller/core/candidate_doubts.h"

#include <algorithm>
#include <span>

#include "base/cloudflare_edge.h"
#include "controller/core/evidence.h"
#include "controller/core/flapping.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"

namespace understudy::candidate_doubts {
namespace {

// A family of a server is followed no oftener, and later with each time within the hour.
constexpr Duration kBetweenFollowed{600'000};
constexpr int kMostAtLeast = 3;
// Where the controller sees links come from is its own view: two that change are a coincidence, or
// a proxy before it.
constexpr int kOfLinkAtLeast = 2;

Restraint because(const char* kind, std::string why, std::string lets_go, Instant until = kNever) {
    return Restraint{kind, false, false, std::move(why), std::move(lets_go), until};
}

template <typename Address>
bool is(const std::optional<Ipv4>& ipv4, const std::optional<Ipv6>& ipv6, const Address& address) {
    if constexpr (std::is_same_v<Address, Ipv4>) return ipv4 == address;
    if constexpr (std::is_same_v<Address, Ipv6>) return ipv6 == address;
}

// Of another server, as it is registered or as its agent reports, or of an outage page.
template <typename Address>
std::optional<std::string> whose(const EngineView& view, const CandidateBook& book,
                                 const Server& server, const Address& address) {
    for (const Server* other : view.fleet.servers()) {
        if (other->id == server.id) continue;
        if (is(other->ipv4, other->ipv6, address))
            return to_string(address) + " belongs to server '" + other->name + "'";
        const auto* said = book.find(other->id);
        if (said == nullptr || !speaks(view.liveness, other->id, *said)) continue;
        if (is(said->ipv4, said->ipv6, address))
            return "the agent of server '" + other->name + "' reports it too";
    }
    for (const Pool* pool : view.fleet.pools()) {
        if (is(pool->policy.fallback_ipv4, pool->policy.fallback_ipv6, address))
            return "it is the fallback address of pool '" + pool->name + "'";
    }
    return std::nullopt;
}

// Whether any of its pools could be asked for there; and whether that would show who answers.
std::optional<Restraint> without_proof(const Fleet& fleet, const Server& server) {
    bool used = false;
    for (const PoolId id : fleet.pools_of(server.id)) {
        if (fleet.domains_of(id).empty()) continue;
        if (proves_identity(fleet.pool(id)->policy)) return std::nullopt;
        used = true;
    }
    if (!used)
        return because("unused", "it serves no domain that could be asked for there",
                       "it lets go with its first domain" + by_hand(server));
    return because("no_probe", "no probe of its pools could tell who answers there",
                   "one that can has https, or a probe_text" + by_hand(server));
}

bool of_link(const CandidateBook::Reported& said, const Candidate& candidate) {
    return (candidate.ipv4 && said.ipv4_of_link) || (candidate.ipv6 && said.ipv6_of_link);
}

// Of the dynamic servers whose agents say where they are, or whose address was followed a moment
// ago: who has another one now, or had then.
struct Moving {
    int reporting = 0;
    int moving = 0;
    int of_link = 0;  // among the latter
};

bool followed_just_now(std::span<const WallTime> followed, WallTime now) {
    // The clock may have been put back since.
    return !followed.empty() && followed.back() <= now && followed.back() + kBetweenFollowed > now;
}

Moving moving(const EngineView& view, const CandidateBook& book) {
    Moving count;
    for (const Server* server : view.fleet.servers()) {
        if (!server->dynamic) continue;
        const auto* said = book.find(server->id);
        const bool heard = said != nullptr && speaks(view.liveness, server->id, *said) &&
                           (said->ipv4 || said->ipv6);
        const bool ipv4 = followed_just_now(server->followed_ipv4, view.wall);
        const bool ipv6 = followed_just_now(server->followed_ipv6, view.wall);
        if (heard || ipv4 || ipv6) ++count.reporting;
        const bool other = heard && said->candidate;
        if (other || ipv4 || ipv6) ++count.moving;
        // Which way it was followed before a start is not known before its agent says it again.
        const bool ipv4_of_link = ipv4 && (said == nullptr || said->ipv4_of_link);
        const bool ipv6_of_link = ipv6 && (said == nullptr || said->ipv6_of_link);
        if ((other && of_link(*said, *said->candidate)) || ipv4_of_link || ipv6_of_link)
            ++count.of_link;
    }
    return count;
}

std::optional<Restraint> most_at_once(const EngineView& view, const CandidateBook& book,
                                      const Server& server, const Candidate& candidate) {
    const Moving count = moving(view, book);
    const std::string lets_go = "it lets go when fewer do" + by_hand(server);
    if (count.moving >= kMostAtLeast && count.moving * 2 > count.reporting) {
        return because("most",
                       std::to_string(count.moving) + " of " + std::to_string(count.reporting) +
                           " dynamic servers that report have other addresses at once, which looks "
                           "like a change at the controller's end",
                       lets_go);
    }
    const auto* said = book.find(server.id);
    const bool by_link = said != nullptr && of_link(*said, candidate);
    if (!by_link || count.of_link < kOfLinkAtLeast) return std::nullopt;
    return because("most",
                   "the links of " + std::to_string(count.of_link) +
                       " servers come from other addresses at once, which looks like a proxy "
                       "before the controller",
                   lets_go);
}

// By what is said of the pools whose records would change with it, or of everything.
std::optional<Restraint> of_pools(const EngineView& view, ServerId server) {
    if (auto all = restraints::on_all(view)) return restraints::worded(view, nullptr, *all);
    for (const PoolId id : view.fleet.pools_of(server)) {
        const Pool& pool = *view.fleet.pool(id);
        if (!pool.target.has(server) && !moving_target(view.fleet, pool).has(server)) continue;
        if (in_dry_run(view.fleet, pool))
            return because("observe", "pool '" + pool.name + "' is in a dry run",
                           "it lets go when the dry run ends");
        if (auto held = restraints::on(view, pool, look_at(view, pool)))
            return restraints::worded(view, &pool, *std::move(held));
    }
    return std::nullopt;
}

std::optional<Restraint> followed_lately(const EngineView& view, const Server& server,
                                         std::span<const WallTime> followed) {
    if (followed.empty() || followed.back() > view.wall) return std::nullopt;
    const WallTime last = followed.back();
    const std::string when = to_rfc3339(last);
    const WallTime quiet = flapping::held_until(followed, view.wall);
    if (quiet > view.wall) {
        return because(
            "restless",
            "its address was followed " + std::to_string(flapping::recent(followed, last)) +
                " times within an hour, the last time at " + when,
            "it lets go at " + to_rfc3339(quiet) + by_hand(server), view.now + (quiet - view.wall));
    }
    const Duration wait = flapping::failback_after(followed, last, kBetweenFollowed);
    const WallTime until = last + wait;
    if (until <= view.wall) return std::nullopt;
    return because("flapping", "its address was followed already, at " + when,
                   "it is not followed oftener than every " + to_text(wait) + ": it lets go at " +
                       to_rfc3339(until),
                   view.now + (until - view.wall));
}

// Whatever a probe would find, it could not be this server's address.
template <typename Address>
std::optional<Restraint> refused(const EngineView& view, const CandidateBook& book,
                                 const Server& server, const std::optional<Address>& address) {
    if (!address) return std::nullopt;
    const auto why = unreachable_reason(*address);
    if (!why.empty() && !view.timings.private_addresses)
        return because("not_public", "it is " + std::string{why} + ": visitors cannot reach it",
                       "see public_address in the agent's configuration");
    if (cloudflare_edge::has(*address))
        return because("cdn_edge",
                       "it is in Cloudflare's edge networks, which answer for every proxied name",
                       "see public_address in the agent's configuration");
    if (const auto other = whose(view, book, server, *address))
        return because("taken", *other, "each server needs an address of its own");
    return std::nullopt;
}

// Both families: what is said of them in one sentence.
std::optional<Restraint> both(const Candidate& candidate, const Kept& kept) {
    const bool all = (!candidate.ipv4 || kept.ipv4) && (!candidate.ipv6 || kept.ipv6);
    if (!all) return std::nullopt;
    if (!kept.ipv4 || !kept.ipv6) return kept.ipv4 ? kept.ipv4 : kept.ipv6;
    Restraint one = *kept.ipv4;
    one.until = std::min(one.until, kept.ipv6->until);
    if (one.why == kept.ipv6->why) return one;
    one.why = to_string(*candidate.ipv4) + ": " + one.why + "; " + to_string(*candidate.ipv6) +
              ": " + kept.ipv6->why;
    if (one.lets_go != kept.ipv6->lets_go) one.lets_go += "; " + kept.ipv6->lets_go;
    return one;
}

std::optional<Restraint> of_everything(const EngineView& view, const CandidateBook& book,
                                       const Server& server, const Candidate& candidate) {
    if (auto unproven = without_proof(view.fleet, server)) return unproven;
    if (auto most = most_at_once(view, book, server, candidate)) return most;
    if (server.maintenance)
        return because("maintenance",
                       "it is in maintenance " + evidence::sentence_of(*server.maintenance),
                       "it lets go when that ends");
    return of_pools(view, server.id);
}

}  // namespace

bool proves_identity(const Policy& policy) {
    switch (policy.probe.kind) {
        case ProbeTarget::Kind::Auto:
        case ProbeTarget::Kind::Https:
            return true;
        case ProbeTarget::Kind::Http:
            return !policy.probe_text.empty();
        case ProbeTarget::Kind::Off:
        case ProbeTarget::Kind::Tcp:
            break;
    }
    return false;
}

bool speaks(const LivenessBook& liveness, ServerId server, const CandidateBook::Reported& said) {
    const Liveness& known = liveness.of(server);
    return known.linked && known.link == said.link;
}

std::string by_hand(const Server& server) {
    return "; to change it by hand: 'understudyctl server set " + server.name +
           "', which ends following unless it agrees with the agent";
}

bool independent(const Fleet& fleet, ServerId one, ServerId other) {
    const Server* first = fleet.server(one);
    const Server* second = fleet.server(other);
    if (one == other || first == nullptr || second == nullptr) return false;
    const auto hosting = first->labels.find("hosting");
    const auto others = second->labels.find("hosting");
    if (hosting == first->labels.end() || others == second->labels.end()) return true;
    return hosting->second != others->second;
}

Kept kept(const EngineView& view, const CandidateBook& book, const Server& server,
          const Candidate& candidate) {
    Kept kept;
    if (candidate.none()) return kept;
    if (server.shared) {
        kept.all =
            because("token_shared", "two agents use its token, and either may report it",
                    "it lets go with 'understudyctl server rotate-token " + server.name + "'");
        return kept;
    }
    kept.ipv4 = refused(view, book, server, candidate.ipv4);
    kept.ipv6 = refused(view, book, server, candidate.ipv6);
    kept.all = both(candidate, kept);
    if (!kept.all) kept.all = of_everything(view, book, server, candidate);
    if (kept.all) return kept;
    if (candidate.ipv4 && !kept.ipv4)
        kept.ipv4 = followed_lately(view, server, server.followed_ipv4);
    if (candidate.ipv6 && !kept.ipv6)
        kept.ipv6 = followed_lately(view, server, server.followed_ipv6);
    kept.all = both(candidate, kept);
    return kept;
}

}  // namespace understudy::candidate_doubts
