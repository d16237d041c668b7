#include "controller/runtime/probes/probe_plan.h"

#include <algorithm>

namespace understudy {

const Domain* first_domain(const Fleet& fleet, const Pool& pool) {
    const auto& domains = fleet.domains_of(pool.id);
    return domains.empty() ? nullptr : fleet.domain(*std::ranges::min_element(domains));
}

namespace {

using Rules = std::unordered_map<std::string, std::shared_ptr<const ProbeRules>>;

std::shared_ptr<const ProbeRules> shared_rules(Rules& known, const Policy& policy,
                                               const std::string& service) {
    auto& rules = known[service];
    if (!rules) rules = std::make_shared<const ProbeRules>(probe_rules_of(policy));
    return rules;
}

}  // namespace

std::string host_for(const std::string& domain) {
    return domain.starts_with("*.") ? "understudy" + domain.substr(1) : domain;
}

ProbeRules probe_rules_of(const Policy& policy) {
    ProbeRules rules;
    rules.service = service_of(policy);
    rules.terms = {policy.probe,           policy.probe_status,
                   policy.probe_text,      policy.probe_certificate,
                   policy.probe_timeout_s, policy.probe_proxy_protocol};
    rules.interval = policy.probe_interval_s;
    rules.fast_interval = policy.fast_interval_s;
    rules.fall = static_cast<int>(policy.probe_fall);
    rules.rise = static_cast<int>(policy.probe_rise);
    return rules;
}

ProbeJobs ProbePlan::make(const Fleet& fleet) {
    remember(fleet);
    ProbeJobs jobs;
    Rules known;
    for (const Pool* pool : fleet.pools()) {
        const Domain* domain = first_domain(fleet, *pool);
        const std::string& service = pools_.at(pool->id).service;
        if (domain == nullptr || service.empty()) continue;
        const auto rules = shared_rules(known, pool->policy, service);
        for (const ServerId member : pool->members) {
            const Server* server = fleet.server(member);
            if (server == nullptr) continue;
            // Of several pools the first gives the name.
            jobs.try_emplace(ProbeKey{member, service},
                             ProbeJob{rules, host_for(domain->name), server->ipv4, server->ipv6});
        }
    }
    return jobs;
}

void ProbePlan::remember(const Fleet& fleet) {
    servers_.clear();
    pools_.clear();
    domains_.clear();
    for (const Server* server : fleet.servers())
        servers_.emplace(server->id, Addresses{server->ipv4, server->ipv6});
    for (const Pool* pool : fleet.pools()) {
        pools_.emplace(pool->id, PoolWords{pool->members, service_of(pool->policy)});
        for (const DomainId domain : fleet.domains_of(pool->id))
            domains_.emplace(domain, pool->id);
    }
}

bool ProbePlan::concerned_by(const Change& change) const {
    return std::visit(
        [&](const auto& each) {
            using T = std::decay_t<decltype(each)>;
            if constexpr (std::is_same_v<T, SaveServer>) return differs(each.server);
            if constexpr (std::is_same_v<T, SavePool>) return differs(each.pool);
            if constexpr (std::is_same_v<T, SaveDomain>) return differs(each.domain);
            return std::is_same_v<T, DeleteServer> || std::is_same_v<T, DeletePool> ||
                   std::is_same_v<T, DeleteDomain>;
        },
        change);
}

bool ProbePlan::differs(const Server& server) const {
    const auto known = servers_.find(server.id);
    return known == servers_.end() || known->second != Addresses{server.ipv4, server.ipv6};
}

bool ProbePlan::differs(const Pool& pool) const {
    const auto known = pools_.find(pool.id);
    return known == pools_.end() ||
           known->second != PoolWords{pool.members, service_of(pool.policy)};
}

bool ProbePlan::differs(const Domain& domain) const {
    const auto known = domains_.find(domain.id);
    return known == domains_.end() || known->second != domain.pool;
}

}  // namespace understudy
