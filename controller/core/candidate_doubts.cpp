#include "controller/core/candidate_doubts.h"

#include <algorithm>

#include "controller/core/evidence.h"
#include "controller/core/restraints.h"
#include "controller/core/server_address.h"
#include "controller/core/situation.h"

namespace understudy::candidate_doubts {
namespace {

// A server's address is followed no oftener.
constexpr Duration kBetweenFollowed{600'000};
constexpr int kMostAtLeast = 3;

std::string_view unreachable(const Candidate& candidate) {
    if (candidate.ipv4) {
        const auto why = unreachable_reason(*candidate.ipv4);
        if (!why.empty()) return why;
    }
    return candidate.ipv6 ? unreachable_reason(*candidate.ipv6) : std::string_view{};
}

Restraint because(const char* kind, std::string why, std::string lets_go, Instant until = kNever) {
    return Restraint{kind, false, false, std::move(why), std::move(lets_go), until};
}

// Of another server, as it is registered or as its agent reports.
std::optional<std::string> taken(const EngineView& view, const CandidateBook& book,
                                 const Server& server, const Candidate& candidate) {
    if (auto whose = server_address::taken(view.fleet, candidate.ipv4, candidate.ipv6, server.id))
        return whose;
    for (const auto& [id, said] : book.all()) {
        const Server* other = id == server.id ? nullptr : view.fleet.server(id);
        if (other == nullptr || !other->dynamic || !speaks(view.liveness, id, said)) continue;
        const bool same = (candidate.ipv4 && said.ipv4 == candidate.ipv4) ||
                          (candidate.ipv6 && said.ipv6 == candidate.ipv6);
        if (same) return "the agent of server '" + other->name + "' reports it too";
    }
    return std::nullopt;
}

// Whether any of its pools could be asked for there; and whether that would show who answers.
std::optional<Restraint> without_proof(const Fleet& fleet, const Server& server) {
    const std::string by_hand =
        "; to change it by hand: 'understudyctl server set " + server.name + "'";
    bool used = false;
    for (const PoolId id : fleet.pools_of(server.id)) {
        if (fleet.domains_of(id).empty()) continue;
        if (proves_identity(fleet.pool(id)->policy)) return std::nullopt;
        used = true;
    }
    if (!used)
        return because("unused", "it serves no domain that could be asked for there",
                       "it lets go with its first domain" + by_hand);
    return because("no_probe", "no probe of its pools could tell who answers there",
                   "one that can has https, or a probe_text" + by_hand);
}

// Who has another address now, or had a moment ago, all together.
int moving(const EngineView& view, const CandidateBook& book) {
    return static_cast<int>(std::ranges::count_if(book.all(), [&](const auto& each) {
        const Server* server = view.fleet.server(each.first);
        if (server == nullptr || !server->dynamic) return false;
        return (each.second.candidate && speaks(view.liveness, each.first, each.second)) ||
               server->address_followed + kBetweenFollowed > view.wall;
    }));
}

std::optional<Restraint> most_at_once(const EngineView& view, const CandidateBook& book) {
    const int count = moving(view, book);
    const int expected = view.fleet.expected_servers();
    if (count < kMostAtLeast || count * 2 <= expected) return std::nullopt;
    return because("most",
                   std::to_string(count) + " of " + std::to_string(expected) +
                       " servers have other addresses at once, which looks like a change at the "
                       "controller's end",
                   "it lets go when fewer do; to change one: 'understudyctl server set'");
}

// By what is said of the pools whose records would change with it, or of everything.
std::optional<Restraint> of_pools(const EngineView& view, ServerId server) {
    if (auto all = restraints::on_all(view)) return restraints::worded(view, nullptr, *all);
    for (const PoolId id : view.fleet.pools_of(server)) {
        const Pool& pool = *view.fleet.pool(id);
        if (!pool.target.has(server) && !moving_target(view.fleet, pool).has(server)) continue;
        if (observed(view.fleet, pool))
            return because("observe", "pool '" + pool.name + "' is only observed",
                           "it lets go when the dry run ends");
        if (auto held = restraints::on(view, pool, look_at(view, pool)))
            return restraints::worded(view, &pool, *std::move(held));
    }
    return std::nullopt;
}

std::optional<Restraint> followed_lately(const EngineView& view, const Server& server) {
    const WallTime until = server.address_followed + kBetweenFollowed;
    if (server.address_followed == WallTime{} || until <= view.wall ||
        server.address_followed > view.wall)
        return std::nullopt;
    return because("flapping",
                   "its address was followed already, at " + to_rfc3339(server.address_followed),
                   "it is not followed oftener than every " + to_text(kBetweenFollowed) +
                       ": it lets go at " + to_rfc3339(until),
                   view.now + (until - view.wall));
}

// Whatever a probe would find, it could not be this server's address.
std::optional<Restraint> refused(const EngineView& view, const CandidateBook& book,
                                 const Server& server, const Candidate& candidate) {
    if (server.shared)
        return because("token_shared", "two agents use its token, and either may report it",
                       "it lets go with 'understudyctl server rotate-token " + server.name + "'");
    const auto why = unreachable(candidate);
    if (!why.empty() && !view.timings.private_addresses)
        return because("not_public", "it is " + std::string{why} + ": visitors cannot reach it",
                       "see public_address in the agent's configuration");
    if (const auto whose = taken(view, book, server, candidate))
        return because("taken", *whose, "each server needs an address of its own");
    return std::nullopt;
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

std::optional<Restraint> held(const EngineView& view, const CandidateBook& book,
                              const Server& server, const Candidate& candidate) {
    if (auto never = refused(view, book, server, candidate)) return never;
    if (auto unproven = without_proof(view.fleet, server)) return unproven;
    if (auto most = most_at_once(view, book)) return most;
    if (server.maintenance)
        return because("maintenance",
                       "it is in maintenance " + evidence::sentence_of(*server.maintenance),
                       "it lets go when that ends");
    if (auto pools = of_pools(view, server.id)) return pools;
    return followed_lately(view, server);
}

}  // namespace understudy::candidate_doubts
