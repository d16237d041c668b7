#include "controller/core/orders/parts.h"

#include <algorithm>
#include <map>

#include "controller/core/situation.h"

namespace understudy::orders {

LogLine line_of(const OrderContext& by, EventType type, std::string reason) {
    LogLine line;
    line.type = type;
    line.reason = std::move(reason);
    line.who = by.who;
    return line;
}

Error unknown(const char* kind, std::int64_t id) {
    return not_found(std::string{kind} + " " + std::to_string(id) + " does not exist");
}

Error taken(const char* kind, const std::string& name) {
    return conflict(std::string{kind} + " '" + name + "' exists already", "choose another name");
}

Result<Override> override_of(const StepContext& context, const OrderContext& by, const Wish& wish) {
    if (wish.until && *wish.until <= context.wall()) {
        return invalid("until", "'" + to_rfc3339(*wish.until) + "' has passed",
                       "give a time to come, or none");
    }
    const auto until = wish.length ? std::optional{context.wall() + *wish.length} : wish.until;
    return Override{by.who, wish.why, context.wall(), until};
}

Result<std::vector<ServerId>> servers_named(const Fleet& fleet,
                                            const std::vector<std::string>& names) {
    std::vector<ServerId> ids;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Server* server = fleet.server_named(names[i]);
        if (server == nullptr) {
            return not_found(
                "members[" + std::to_string(i) + "]: server '" + names[i] + "' does not exist",
                "see 'understudyctl server list'");
        }
        ids.push_back(server->id);
    }
    if (auto checked = check_members(fleet, ids, "members"); !checked) return checked.error();
    return ids;
}

Result<Done> check_members(const Fleet& fleet, const std::vector<ServerId>& members,
                           const std::string& list) {
    if (members.empty()) return invalid(list, "no server is named", "name the primary first");
    for (auto at = members.begin(); at != members.end(); ++at) {
        const std::string field = list + "[" + std::to_string(at - members.begin()) + "]";
        const Server* server = fleet.server(*at);
        if (server == nullptr) return not_found(field + ": server does not exist");
        if (std::find(members.begin(), at, *at) != at) {
            return invalid(field, "server '" + server->name + "' is named twice", "name it once");
        }
    }
    return Done{};
}

Result<std::vector<PoolId>> pools_named(const Fleet& fleet, const std::vector<std::string>& names) {
    std::vector<PoolId> ids;
    for (const std::string& name : names) {
        const Pool* pool = fleet.pool_named(name);
        if (pool == nullptr) {
            return not_found("pool '" + name + "' does not exist", "see 'understudyctl pool list'");
        }
        ids.push_back(pool->id);
    }
    return ids;
}

bool healthy(const StepContext& context, const Pool& pool, ServerId server) {
    return std::ranges::any_of(members_of(context.view(), pool), [&](const MemberView& member) {
        return member.server == server && member.fitness.standing == Standing::Healthy;
    });
}

Error not_healthy(const StepContext& context, const Pool& pool, ServerId id) {
    const Server& server = *context.fleet().server(id);
    const std::string state = server.maintenance ? "in maintenance"
                                                 : sentence_of(context.liveness.of(id), context.now,
                                                               pool.policy.health_timeout_s);
    return conflict("server '" + server.name + "' is not healthy: " + state,
                    "choose a healthy member, or say force");
}

void judge_members(StepContext& context, const Pool& pool) {
    for (const ServerId member : pool.members)
        context.liveness.judged_by(member, pool.policy.health_timeout_s);
}

Result<Done> check_brake(const StepContext& context, const std::vector<DomainId>& changing,
                         bool force) {
    const GuardLimits& limits = context.timings.guards;
    if (force || changing.size() <= static_cast<std::size_t>(limits.brake_domains)) return Done{};
    std::map<std::string, int> changed;
    for (const DomainId id : changing)
        ++changed[context.fleet().domain(id)->zone_name];
    std::map<std::string, int> all;
    for (const Domain* domain : context.fleet().domains())
        ++all[domain->zone_name];
    for (const auto& [zone, count] : changed) {
        if (count <= limits.brake_domains || count * 100 <= all[zone] * limits.brake_percent)
            continue;
        return conflict("this would change " + std::to_string(count) + " of the " +
                            std::to_string(all[zone]) + " domains in zone '" + zone +
                            "', more than the brake's " + std::to_string(limits.brake_percent) +
                            " %",
                        "look at the preview, then say force; or change fewer at a time");
    }
    return Done{};
}

std::vector<DomainId> changing_domains(const Fleet& fleet, const Pool& pool, const Target& target) {
    std::vector<DomainId> changing;
    for (const DomainId id : fleet.domains_of(pool.id)) {
        const Domain& domain = *fleet.domain(id);
        if (domain.ignored) continue;
        if (fleet.addresses_of(pool, target, domain.with_ipv6) != domain.record.desired) {
            changing.push_back(id);
        }
    }
    return changing;
}

}  // namespace understudy::orders
