#include "controller/core/readiness.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "controller/core/announcer.h"
#include "controller/core/pools.h"
#include "controller/core/situation.h"

namespace understudy::readiness {
namespace {

constexpr std::size_t kNamed = 3;
constexpr const char* kOutOfReach = "the controller's probes do not reach it";
constexpr const char* kOwnNetwork = "the controller doubts its own network";

// --- what counts ---------------------------------------------------------------------------------

// Why what a sweep found says nothing; empty: it counts.
std::string doubt(const StepContext& context, const ReadinessFound& input) {
    if (!input.trouble.empty()) return input.trouble;
    const auto all = context.testimony.of(input.server);
    const auto own = [](const Testimony& each) { return !each.by; };
    if (std::ranges::any_of(all, [&](const Testimony& each) { return own(each) && each.doubted; }))
        return kOwnNetwork;
    const auto reached_lately = [&](const Testimony& each) {
        return own(each) && each.reached && context.now - *each.reached < kCalibrated;
    };
    return input.reached || std::ranges::any_of(all, reached_lately) ? "" : kOutOfReach;
}

// The one that serves answers with TLS, and this one does not.
bool lacks_tls(const EngineView& view, const Pool& pool, const PoolReadiness& found) {
    if (found.tls || pool.target.is_fallback()) return false;
    const PoolReadiness* serving = view.readiness.of(pool.target.servers.front(), pool.id);
    return serving != nullptr && serving->tls;
}

std::string without_tls(const EngineView& view, const Pool& pool) {
    return "it answers without TLS only, server '" +
           view.fleet.server(pool.target.servers.front())->name + "' with it";
}

// --- what is told --------------------------------------------------------------------------------

struct Unready {
    const Pool* pool;
    std::size_t domains;
};

// The pools that it stands by for, and could not take over whole.
std::vector<Unready> stands_by_badly(const EngineView& view, ServerId server) {
    std::vector<Unready> bad;
    for (const PoolId id : view.fleet.pools_of(server)) {
        const Pool& pool = *view.fleet.pool(id);
        if (pool.target.has(server)) continue;
        const std::size_t count = unready(view, pool, server).value_or(0);
        if (count > 0) bad.push_back({&pool, count});
    }
    return bad;
}

std::vector<DomainId> named_of(const EngineView& view, ServerId server,
                               const std::vector<Unready>& bad) {
    std::vector<DomainId> domains;
    for (const Unready& each : bad) {
        for (const DomainId id : view.fleet.domains_of(each.pool->id)) {
            if (!why_not(view, *each.pool, server, id).empty()) domains.push_back(id);
        }
    }
    return domains;
}

// None: they are of several.
PoolId common_pool_of(const Fleet& fleet, const std::vector<DomainId>& domains) {
    const PoolId first = fleet.domain(domains.front())->pool;
    const bool same =
        std::ranges::all_of(domains, [&](DomainId id) { return fleet.domain(id)->pool == first; });
    return same ? first : PoolId{};
}

std::string count_of_domains(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " domain" : " domains");
}

Notice unready_notice(const EngineView& view, ServerId server,
                      const std::vector<DomainId>& domains) {
    Notice notice;
    notice.type = NoticeType::StandbyNotReady;
    notice.server = server;
    notice.pool = common_pool_of(view.fleet, domains);
    notice.reason = "Stand-by '" + view.fleet.server(server)->name + "' is not ready for " +
                    count_of_domains(domains.size());
    for (const DomainId id : domains) {
        const Domain& domain = *view.fleet.domain(id);
        const std::string holds = to_string(domain.record.content());
        notice.add(
            {domain.name, holds, holds, why_not(view, *view.fleet.pool(domain.pool), server, id)});
    }
    return notice;
}

void tell_unready(StepContext& context, ServerId server, const std::vector<Unready>& bad) {
    context.tx.edit(server, [](Server& known) { known.unready_told = true; });
    const EngineView view = context.view();
    LogLine line;
    line.type = EventType::StandbyNotReady;
    line.server = server;
    std::size_t all = 0;
    for (const Unready& each : bad) {
        all += each.domains;
        line.detail += (line.detail.empty() ? "" : "; ") + ("pool '" + each.pool->name + "': ") +
                       sentence(view, *each.pool, server);
    }
    line.reason = "Stand-by '" + view.fleet.server(server)->name + "' is not ready for " +
                  count_of_domains(all);
    if (bad.size() == 1) line.pool = bad.front().pool->id;
    const EventId event = context.tx.log(std::move(line));
    const auto domains = named_of(view, server, bad);
    context.announcer.tell(context, domains, [&](const std::vector<DomainId>& taken) {
        Notice notice = unready_notice(context.view(), server, taken);
        notice.event = event;
        return notice;
    });
}

void tell_ready(StepContext& context, ServerId server) {
    context.tx.edit(server, [](Server& known) { known.unready_told = false; });
    LogLine line;
    line.type = EventType::StandbyReady;
    line.server = server;
    line.reason =
        "Stand-by '" + context.fleet().server(server)->name + "' is ready for all its domains";
    context.tx.log(std::move(line));
}

// Of one that is down or in maintenance people know already.
bool stands_by(const StepContext& context, ServerId id) {
    const Server& server = *context.fleet().server(id);
    const Liveness& liveness = context.liveness.of(id);
    return server.expected() && server.alarm == Alarm::None && liveness.linked;
}

void review(StepContext& context, ServerId server) {
    const bool told = context.fleet().server(server)->unready_told;
    const auto* found = context.readiness.of(server);
    if (!found->unknown.empty()) return;
    const auto bad = stands_by_badly(context.view(), server);
    if (bad.empty() && told) tell_ready(context, server);
    if (!bad.empty() && !told && stands_by(context, server)) tell_unready(context, server, bad);
}

}  // namespace

void heard(StepContext& context, const ReadinessFound& input) {
    if (context.fleet().server(input.server) == nullptr) return;
    ReadinessBook::Found found;
    found.at = context.now;
    found.unknown = doubt(context, input);
    if (found.unknown.empty()) found.pools = input.pools;
    const auto* before = context.readiness.of(input.server);
    const bool same =
        before != nullptr && before->pools == found.pools && before->unknown == found.unknown;
    context.readiness.put(input.server, std::move(found));
    review(context, input.server);
    if (!same) pools::evaluate_all_of(context, input.server);
}

std::optional<std::size_t> unready(const EngineView& view, const Pool& pool, ServerId member) {
    const PoolReadiness* found = view.readiness.of(member, pool.id);
    if (found == nullptr || found->asked == 0) return std::nullopt;
    return lacks_tls(view, pool, *found) ? found->asked : found->unready;
}

std::string why_not(const EngineView& view, const Pool& pool, ServerId member, DomainId domain) {
    const PoolReadiness* found = view.readiness.of(member, pool.id);
    if (found == nullptr || found->asked == 0) return {};
    if (lacks_tls(view, pool, *found)) return without_tls(view, pool);
    const auto at = std::ranges::lower_bound(found->named, domain, {}, &UnreadyDomain::domain);
    return at != found->named.end() && at->domain == domain ? at->why : std::string{};
}

std::size_t without_standby(const EngineView& view, const Pool& pool) {
    const std::size_t domains = view.fleet.domains_of(pool.id).size();
    std::size_t fewest = domains;
    const bool strict = pool.policy.require_ready == RequireReady::Must;
    std::size_t healthy = 0;
    for (const MemberView& member : members_of(view, pool)) {
        if (member.fitness.standing != Standing::Healthy) continue;
        ++healthy;
        if (pool.target.has(member.server) || (strict && member.unready != 0)) continue;
        fewest = std::min(fewest, member.unready.value_or(0));
    }
    // The others that serve already go on.
    return pool.active_active() && healthy > 1 ? 0 : fewest;
}

std::string sentence(const EngineView& view, const Pool& pool, ServerId member) {
    const auto* all = view.readiness.of(member);
    if (all == nullptr) return "not known to be ready: nothing was probed yet";
    if (!all->unknown.empty()) return "not known to be ready: " + all->unknown;
    const PoolReadiness* found = view.readiness.of(member, pool.id);
    if (found == nullptr || found->asked == 0)
        return "not known to be ready: no domain of it was probed";
    const std::size_t count = unready(view, pool, member).value_or(0);
    if (count == 0) return "ready for " + count_of_domains(found->asked);
    std::string text =
        "not ready for " + std::to_string(count) + " of " + count_of_domains(found->asked) + ": ";
    if (lacks_tls(view, pool, *found)) return text + without_tls(view, pool);
    std::size_t shown = 0;
    for (const UnreadyDomain& each : found->named) {
        const Domain* domain = view.fleet.domain(each.domain);
        if (domain == nullptr) continue;
        if (shown == kNamed) return text + ", ...";
        text += (shown++ == 0 ? "" : ", ") + domain->name + " (" + each.why + ")";
    }
    return text;
}

}  // namespace understudy::readiness
