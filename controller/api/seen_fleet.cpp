#include "controller/api/seen_fleet.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "base/undo_log.h"
#include "controller/core/evidence.h"
#include "controller/core/outlook.h"
#include "controller/core/restraints.h"
#include "controller/core/troubles.h"
#include "controller/core/within.h"

namespace understudy::api {

struct SeenFleet::Part {
    std::uint64_t version = 0;
    UndoLog log;
    Fleet fleet{log};
};

namespace {

template <typename Things>
void take(Fleet& part, const Fleet& whole, const Scope& scope, const Things& things) {
    for (const auto* thing : things)
        if (within::is(whole, scope, *thing)) part.put(*thing);
}

// Of what is broken, that which any of its own things has a part in.
template <typename Things>
void take_incidents(Fleet& part, const Fleet& whole, const Things& things) {
    for (const auto* thing : things) {
        const auto trouble = troubles::of(part, thing->id.value);
        const Incident* incident = trouble ? whole.incident(trouble->incident) : nullptr;
        if (incident != nullptr && part.incident(incident->id) == nullptr) part.put(*incident);
    }
}

// The domains of its pools and the accounts that these are at; and of tokens those that may do no
// more.
void take_the_rest(Fleet& part, const Fleet& whole, const Scope& scope) {
    std::set<ProviderId> providers;
    for (const Pool* pool : part.pools()) {
        for (const DomainId id : whole.domains_of(pool->id)) {
            const Domain& domain = *whole.domain(id);
            providers.insert(domain.provider);
            part.put(domain);
        }
    }
    // Whose they are and how they are reached is nobody's but the house's.
    for (const ProviderId id : providers) {
        ProviderAccount account = *whole.provider(id);
        account.settings.clear();
        part.put(std::move(account));
    }
    for (const Token* token : whole.tokens())
        if (within::narrower(token->scope, scope)) part.put(*token);
    part.put(whole.controls());
}

// --- names in JSON -------------------------------------------------------------------------------

// Where a value that is one word is a name, and no word of ours.
constexpr std::array<std::string_view, 11> kNameKeys{"by",      "from",  "to",     "name",
                                                     "server",  "pool",  "domain", "members",
                                                     "serving", "pools", "servers"};

// The string that begins at `at`, quotes included.
std::string_view string_at(std::string_view json, std::size_t at) {
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"')
        end += json[end] == '\\' ? 2u : 1u;
    return json.substr(at, std::min(end + 1, json.size()) - at);
}

bool is_key(std::string_view json, std::size_t behind) {
    while (behind < json.size() && json[behind] == ' ')
        ++behind;
    return behind < json.size() && json[behind] == ':';
}

bool may_name(std::string_view key, std::string_view text) {
    return text.find(' ') != std::string_view::npos ||
           std::ranges::find(kNameKeys, key) != kNameKeys.end();
}

}  // namespace

SeenFleet::SeenFleet(const Engine& engine, Scope scope)
    : engine_(engine), scope_(std::move(scope)) {}
SeenFleet::~SeenFleet() = default;

const Fleet& SeenFleet::fleet() const {
    const Fleet& whole = engine_.fleet();
    if (everything()) return whole;
    if (part_ && part_->version == whole.version()) return part_->fleet;
    part_ = std::make_unique<Part>();
    part_->version = whole.version();
    Fleet& part = part_->fleet;
    take(part, whole, scope_, whole.servers());
    take(part, whole, scope_, whole.pools());
    take(part, whole, scope_, whole.channels());
    take_the_rest(part, whole, scope_);
    take_incidents(part, whole, part.servers());
    take_incidents(part, whole, part.pools());
    take_incidents(part, whole, part.domains());
    part.is_part_of(whole);
    return part;
}

EngineView SeenFleet::view(Instant now) const {
    const EngineView all = engine_.view(now);
    if (everything()) return all;
    return {all.now,       all.wall,      fleet(),    all.liveness, all.testimony,
            all.readiness, all.incidents, all.guards, all.timings,  all.default_policy};
}

std::optional<Restraint> SeenFleet::restraint_on(PoolId pool, Instant now) const {
    return restraints::told_of(view(now), *fleet().pool(pool));
}

std::string SeenFleet::explain(PoolId id, Instant now) const {
    const EngineView seen = view(now);
    const Pool& pool = *seen.fleet.pool(id);
    const Situation situation = look_at(seen, pool);
    return evidence::to_json(seen, pool, situation, evidence::rule_of(situation.choice));
}

std::string SeenFleet::outlook(PoolId pool, Instant now) const {
    return outlook::sentence(view(now), *fleet().pool(pool));
}

Rehearsal SeenFleet::rehearse(const Caller& by, std::vector<OrderAction> orders, Instant now,
                              Engine::Later later) const {
    for (std::size_t i = 0; i < orders.size(); ++i) {
        if (auto refused = within::refuses(engine_.fleet(), by, orders[i])) {
            Rehearsal nothing;
            nothing.refused.push_back({i, *std::move(refused)});
            return nothing;
        }
    }
    Rehearsal rehearsal = engine_.rehearse(std::move(orders), now, later);
    if (everything()) return rehearsal;
    const Fleet& seen = fleet();
    std::erase_if(rehearsal.domains, [&](const MovedDomain& domain) {
        return seen.domain_named(domain.name) == nullptr;
    });
    std::erase_if(rehearsal.later,
                  [&](const Rehearsal::Later& each) { return seen.pool(each.pool) == nullptr; });
    return rehearsal;
}

std::optional<LinesAbout> SeenFleet::lines() const {
    if (everything()) return std::nullopt;
    LinesAbout about;
    for (const Server* server : fleet().servers())
        about.servers.push_back(server->id);
    // Also those that are gone: they were his.
    if (scope_.pools && scope_.labels.empty()) about.pools = *scope_.pools;
    for (const Pool* pool : fleet().pools())
        about.pools.push_back(pool->id);
    for (const Domain* domain : fleet().domains())
        about.domains.push_back(domain->id);
    return about;
}

std::optional<std::vector<ChannelId>> SeenFleet::channels() const {
    if (everything()) return std::nullopt;
    std::vector<ChannelId> channels;
    for (const Channel* channel : fleet().channels())
        channels.push_back(channel->id);
    return channels;
}

std::string SeenFleet::unnamed(std::string_view json,
                               const std::set<std::string_view>& said) const {
    if (everything()) return std::string{json};
    std::string out, key;
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] != '"') {
            out += json[at++];
            continue;
        }
        const std::string_view text = string_at(json, at);
        at += text.size();
        const bool named = !is_key(json, at) && may_name(key, text);
        if (is_key(json, at)) key = text.substr(1, text.size() - 2);
        out += named ? within::unnamed(engine_.fleet(), scope_, text, said) : std::string{text};
    }
    return out;
}

}  // namespace understudy::api
