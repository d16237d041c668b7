#include "controller/api/census.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "controller/core/readiness.h"
#include "controller/core/restraints.h"

namespace understudy::api {
namespace {

// A fleet in its warm-up has one for every pool.
constexpr std::size_t kRestraintsKept = 100;
constexpr std::size_t kWorkOfPool = 15;       // its members are judged twice
constexpr std::size_t kWorkOfCandidate = 50;  // beside everybody's
constexpr const char* kReady = "ready";
constexpr const char* kNotReady = "not_ready";
constexpr const char* kUnknown = "unknown";

}  // namespace

CensusWalk::CensusWalk() {
    for (const std::string& word : all_words<Health>())
        found_.servers_by_health[word] = 0;
    for (const char* word : {kReady, kNotReady, kUnknown})
        found_.standbys_by_readiness[word] = 0;
    for (const std::string& word : all_words<DomainStatus>())
        found_.domains_by_status[word] = 0;
    for (const Served state : {Served::Asked, Served::Unproven, Served::Disputed})
        found_.records_unserved[to_text(state)] = 0;
    for (const auto& [state, word] : kWordsOf<ReportedAddress::State>)
        if (state != ReportedAddress::State::Registered) found_.address_candidates[word] = 0;
}

void CensusWalk::begin(const SeenFleet& engine) {
    begun_ = true;
    for (const Server* server : engine.fleet().servers())
        servers_.push_back(server->id);
    // All at once: one that moves from pool to pool meanwhile is still counted once.
    for (const Pool* pool : engine.fleet().pools()) {
        pools_.push_back(pool->id);
        const auto& domains = engine.fleet().domains_of(pool->id);
        domains_.insert(domains_.end(), domains.begin(), domains.end());
    }
    std::ranges::reverse(pools_);
}

void CensusWalk::hold(std::optional<Restraint> held) {
    if (!held) return;
    if (++found_.restraints_all <= kRestraintsKept) found_.restraints.push_back(*std::move(held));
}

bool CensusWalk::go_on(const SeenFleet& engine, Instant now, Work& work) {
    if (!begun_) begin(engine);
    while (work.left()) {
        if (!servers_.empty()) {
            work.spend(count_server(engine, now));
        } else if (!domains_.empty()) {
            count_domain(engine.fleet());
            work.spend(1);
        } else if (!pools_.empty()) {
            count_pool(engine, now);
            work.spend(kWorkOfPool);
        } else {
            return true;
        }
    }
    return servers_.empty() && domains_.empty() && pools_.empty();
}

std::size_t CensusWalk::count_server(const SeenFleet& engine, Instant now) {
    const Server* server = engine.fleet().server(servers_.back());
    servers_.pop_back();
    if (server == nullptr) return 1;
    ++found_.servers;
    ++found_.servers_by_health[to_text(engine.health_of(server->id, now).health)];
    found_.tokens_shared += server->shared ? 1u : 0u;
    const auto reported = engine.reported_address(server->id, now);
    if (!reported || reported->state == ReportedAddress::State::Registered) return 1;
    ++found_.address_candidates[to_text(reported->state)];
    return kWorkOfCandidate;
}

void CensusWalk::count_pool(const SeenFleet& engine, Instant now) {
    const Pool* pool = engine.fleet().pool(pools_.back());
    pools_.pop_back();
    if (pool == nullptr) return;
    ++found_.pools;
    found_.pools_failed_over += pool->failed_over() && !pool->outage ? 1u : 0u;
    found_.pools_in_outage += pool->outage ? 1u : 0u;
    const EngineView view = engine.view(now);
    found_.domains_without_standby += readiness::without_standby(view, *pool);
    count_standbys(view, *pool);
    hold(restraints::told_of_its_own(view, *pool));
}

void CensusWalk::count_standbys(const EngineView& view, const Pool& pool) {
    for (const ServerId member : pool.members) {
        if (pool.target.has(member) || !readiness::stands_by(view, member)) continue;
        const auto unready = readiness::unready(view, pool, member);
        ++found_.standbys_by_readiness[!unready ? kUnknown : *unready == 0 ? kReady : kNotReady];
    }
}

void CensusWalk::count_domain(const Fleet& fleet) {
    const Domain* domain = fleet.domain(domains_.back());
    domains_.pop_back();
    const Pool* pool = domain == nullptr ? nullptr : fleet.pool(domain->pool);
    if (pool == nullptr) return;
    ++found_.domains;
    ++found_.domains_by_status[to_text(status_of(*domain, *pool))];
    const auto unserved = found_.records_unserved.find(to_text(domain->serving.state));
    if (unserved != found_.records_unserved.end()) ++unserved->second;
    if (domain->record.in_conflict()) found_.conflicts.push_back(domain->id);
}

// What holds everything is asked for last, so that it fits what is said beside it.
Census CensusWalk::take(const SeenFleet& engine, Instant now) {
    std::ranges::sort(found_.conflicts);
    if (auto held = restraints::told_of_everything(engine.view(now))) {
        ++found_.restraints_all;
        found_.restraints.insert(found_.restraints.begin(), *std::move(held));
        if (found_.restraints.size() > kRestraintsKept) found_.restraints.pop_back();
    }
    return std::move(found_);
}

std::string sentence_of_domains(const Census& census) {
    const auto in = [&](const char* status) { return census.domains_by_status.at(status); };
    if (census.domains == 0) return "No domain is in care yet.";
    const bool one = census.domains == 1;
    std::string text = one ? "The one domain is" : "All " + counted(census.domains, "domain");
    if (in("active") == census.domains) {
        text += one ? " served by its primary" : " are served by their primaries";
    } else {
        if (!one)
            text = std::to_string(in("active")) + " of " + counted(census.domains, "domain") +
                   (in("active") == 1 ? " is" : " are") + " served by the primary";
        constexpr std::pair<const char*, const char*> kOthers[] = {
            {"failed_over", "failed over"},
            {"switching", "switching"},
            {"outage", "without a healthy server"},
            {"conflict", "in conflict"}};
        for (const auto& [status, words] : kOthers)
            if (in(status) > 0)
                text += (one ? " " : ", " + std::to_string(in(status)) + " ") + words;
    }
    text += ".";
    if (census.domains_without_standby > 0)
        text += (one ? " It" : " " + std::to_string(census.domains_without_standby)) +
                " could not fail over now.";
    return text;
}

}  // namespace understudy::api
