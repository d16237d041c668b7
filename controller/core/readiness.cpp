#include "controller/core/readiness.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "controller/core/announcer.h"
#include "controller/core/pools.h"
#include "controller/core/situation.h"

namespace understudy::readiness {
namespace {

constexpr std::size_t kNamed = 3;
constexpr std::size_t kNamedInView = 20;
constexpr const char* kOutOfReach = "the controller's probes do not reach it";
constexpr const char* kOwnNetwork = "the controller doubts its own network";

// --- what counts ---------------------------------------------------------------------------------

bool doubts_itself(const StepContext& context, ServerId server) {
    return std::ranges::any_of(context.testimony.of(server),
                               [](const Testimony& each) { return !each.by && each.doubted; });
}

// Why what a sweep found says nothing; empty: it counts.
std::string doubt(const StepContext& context, const ReadinessFound& input) {
    if (!input.trouble.empty()) return input.trouble;
    if (doubts_itself(context, input.server)) return kOwnNetwork;
    const auto all = context.testimony.of(input.server);
    const auto reached_lately = [&](const Testimony& each) {
        return !each.by && each.reached && context.now - *each.reached < kCalibrated;
    };
    return input.reached || std::ranges::any_of(all, reached_lately) ? "" : kOutOfReach;
}

// Who of the pool answered with TLS when it was last reached; none: nobody.
ServerId with_tls(const EngineView& view, const Pool& pool) {
    for (const ServerId member : pool.members) {
        const PoolReadiness* found = view.readiness.of(member, pool.id);
        if (found != nullptr && found->tls) return member;
    }
    return {};
}

// It answers, but without TLS, which another member speaks.
bool lacks_tls(const EngineView& view, const Pool& pool, const PoolReadiness& found) {
    return !found.tls && found.unready < found.asked && with_tls(view, pool);
}

std::string without_tls(const EngineView& view, const Pool& pool) {
    return "it answers without TLS only, server '" + view.fleet.server(with_tls(view, pool))->name +
           "' with it";
}

// What was found, with what was known before where that stays: whether it spoke TLS when it was
// last reached; and all of a pool some of whose domains our own trouble hid, unless it is worse.
std::vector<PoolReadiness> merged(const ReadinessBook& book, const ReadinessFound& input) {
    std::vector<PoolReadiness> pools = input.pools;
    for (PoolReadiness& each : pools) {
        const PoolReadiness* known = book.of(input.server, each.pool);
        if (known == nullptr) continue;
        if (!input.reached) each.tls = each.tls || known->tls;
        if (each.unknown > 0 && known->asked > 0 && each.unready <= known->unready) each = *known;
    }
    std::ranges::sort(pools, {}, &PoolReadiness::pool);
    return pools;
}

// --- what is told --------------------------------------------------------------------------------

std::string count_of_domains(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " domain" : " domains");
}

std::string reason_for(const EngineView& view, ServerId server, const std::set<PoolId>& pools) {
    std::size_t count = 0;
    for (const PoolId id : pools)
        count += unready(view, *view.fleet.pool(id), server).value_or(0);
    return "Stand-by '" + view.fleet.server(server)->name + "' is not ready for " +
           count_of_domains(count);
}

Notice unready_notice(const EngineView& view, ServerId server,
                      const std::vector<DomainId>& domains) {
    Notice notice;
    notice.type = NoticeType::StandbyNotReady;
    notice.server = server;
    notice.pool = common_pool(view.fleet, domains);
    std::set<PoolId> pools;
    for (const DomainId id : domains) {
        const Domain& domain = *view.fleet.domain(id);
        pools.insert(domain.pool);
        const std::string holds = to_string(domain.record.content());
        notice.add(
            {domain.name, holds, holds, why_not(view, *view.fleet.pool(domain.pool), server, id)});
    }
    notice.reason = reason_for(view, server, pools);
    return notice;
}

void tell_unready(StepContext& context, ServerId server, const std::set<PoolId>& pools) {
    const EngineView view = context.view();
    LogLine line;
    line.type = EventType::StandbyNotReady;
    line.server = server;
    line.reason = reason_for(view, server, pools);
    if (pools.size() == 1) line.pool = *pools.begin();
    std::vector<DomainId> domains;
    for (const PoolId id : pools) {
        const Pool& pool = *view.fleet.pool(id);
        line.detail += (line.detail.empty() ? "" : "; ") + ("pool '" + pool.name + "': ") +
                       sentence(view, pool, server);
        for (const DomainId domain : view.fleet.domains_of(id))
            if (!why_not(view, pool, server, domain).empty()) domains.push_back(domain);
    }
    const EventId event = context.tx.log(std::move(line));
    context.announcer.tell(context, domains, [&](const std::vector<DomainId>& taken) {
        Notice notice = unready_notice(context.view(), server, taken);
        notice.event = event;
        return notice;
    });
}

void tell_ready(StepContext& context, ServerId server) {
    LogLine line;
    line.type = EventType::StandbyReady;
    line.server = server;
    line.reason =
        "Stand-by '" + context.fleet().server(server)->name + "' is ready for all its domains";
    context.tx.log(std::move(line));
}

// So many more than people know of that it is another story.
bool much_worse(std::size_t now, std::size_t told) {
    return now >= 2 * told + 3;
}

// The pools that it stands by for and could not take over whole, as far as that is news.
std::set<PoolId> news_about(StepContext& context, ServerId server) {
    std::set<PoolId> news;
    auto& told = context.readiness.edit(server).told;
    for (const PoolId id : context.fleet().pools_of(server)) {
        const Pool& pool = *context.fleet().pool(id);
        const std::size_t count = unready(context.view(), pool, server).value_or(0);
        if (pool.target.has(server) || count == 0) continue;
        const auto& known = context.fleet().server(server)->unready_told;
        // How many were told before a restart is not known.
        if (std::ranges::find(known, id) != known.end() &&
            !much_worse(count, told.try_emplace(id, count).first->second))
            continue;
        news.insert(id);
        told[id] = count;
    }
    return news;
}

// What people know and is over: it could take the pool over, or is no member of it any more.
bool is_over(const StepContext& context, ServerId server, PoolId id) {
    const Pool* pool = context.fleet().pool(id);
    const bool member =
        pool != nullptr && std::ranges::find(pool->members, server) != pool->members.end();
    return !member || unready(context.view(), *pool, server) == 0;
}

void review(StepContext& context, ServerId server) {
    auto known = context.fleet().server(server)->unready_told;
    const std::size_t before = known.size();
    std::erase_if(known, [&](PoolId id) { return is_over(context, server, id); });
    std::set<PoolId> news;
    if (stands_by(context.view(), server)) news = news_about(context, server);
    for (const PoolId id : news)
        if (std::ranges::find(known, id) == known.end()) known.push_back(id);
    if (known != context.fleet().server(server)->unready_told)
        context.tx.edit(server, [&](Server& edited) { edited.unready_told = known; });
    if (!news.empty()) tell_unready(context, server, news);
    if (before > 0 && known.empty()) tell_ready(context, server);
}

// Down, or on its way up: what is found there now says nothing of what it is when it is up.
bool is_away(const StepContext& context, const ReadinessFound& input) {
    return !input.reached && !context.liveness.of(input.server).linked;
}

}  // namespace

void heard(StepContext& context, const ReadinessFound& input) {
    if (context.fleet().server(input.server) == nullptr) return;
    if (input.forgotten) {
        context.readiness.forget(input.server);
        if (!context.fleet().server(input.server)->unready_told.empty())
            context.tx.edit(input.server, [](Server& known) { known.unready_told.clear(); });
        return pools::evaluate_all_of(context, input.server);
    }
    const std::string doubted = doubt(context, input);
    auto& found = context.readiness.edit(input.server);
    found.doubt = doubted;
    if (!doubted.empty() || is_away(context, input)) return;
    std::vector<PoolReadiness> pools = merged(context.readiness, input);
    const bool same = found.pools == pools;
    found.pools = std::move(pools);
    review(context, input.server);
    if (!same) pools::evaluate_all_of(context, input.server);
}

void doubt_may_have_ended(StepContext& context) {
    for (const Server* server : context.fleet().servers()) {
        const ReadinessBook::Found* found = context.readiness.of(server->id);
        if (found == nullptr || found->doubt != kOwnNetwork) continue;
        if (!doubts_itself(context, server->id)) context.tx.ask_readiness(server->id);
    }
}

bool stands_by(const EngineView& view, ServerId id) {
    const Server& server = *view.fleet.server(id);
    return server.expected() && server.alarm == Alarm::None && view.liveness.of(id).linked;
}

std::optional<std::size_t> unready(const EngineView& view, const Pool& pool, ServerId member) {
    const PoolReadiness* found = view.readiness.of(member, pool.id);
    if (found == nullptr || found->asked == 0) return std::nullopt;
    const std::size_t count = lacks_tls(view, pool, *found) ? found->asked : found->unready;
    // Not proven as long as there are some that nothing was found out about.
    return count == 0 && found->unknown > 0 ? std::nullopt : std::optional{count};
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

ReadinessView view_of(const EngineView& view, const Pool& pool, ServerId member) {
    ReadinessView shown;
    if (const auto count = unready(view, pool, member)) shown.ready = *count == 0;
    shown.sentence = sentence(view, pool, member);
    const PoolReadiness* found = view.readiness.of(member, pool.id);
    if (found == nullptr) return shown;
    const std::size_t some = std::min(found->named.size(), kNamedInView);
    shown.unready.assign(found->named.begin(),
                         found->named.begin() + static_cast<std::ptrdiff_t>(some));
    return shown;
}

std::string sentence(const EngineView& view, const Pool& pool, ServerId member) {
    const auto* all = view.readiness.of(member);
    if (all == nullptr) return "not known to be ready: nothing was probed yet";
    const PoolReadiness* found = view.readiness.of(member, pool.id);
    if (found == nullptr || found->asked == 0)
        return "not known to be ready: " +
               (all->doubt.empty() ? "no domain of it was probed" : all->doubt);
    const auto known = unready(view, pool, member);
    if (!known)
        return "not known to be ready: nothing was found out about " +
               count_of_domains(found->unknown) + " of it";
    const std::size_t count = *known;
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
