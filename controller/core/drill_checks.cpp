// Whether a drill may begin, and what it is expected to take.
#include <algorithm>
#include <map>

#include "controller/core/drills.h"
#include "controller/core/orders/parts.h"
#include "controller/core/readiness.h"
#include "controller/core/restraints.h"
#include "controller/core/situation.h"
#include "controller/core/what_if_domains.h"

namespace understudy::drills {
namespace {

std::string named(const Fleet& fleet, ServerId server) {
    return "'" + fleet.server(server)->name + "'";
}

// Without probes nobody can prove it, and the pool's owner wanted none.
bool proven(const Pool& pool, const MemberView& member) {
    return pool.policy.probe.kind == ProbeTarget::Kind::Off || member.unready == std::size_t{0};
}

Result<Done> check_kind(const StepContext& context, const Pool& pool) {
    const std::string name = "pool '" + pool.name + "'";
    if (pool.drill) {
        return conflict(
            "a drill of " + name + " is under way",
            "wait until it has ended, or end it ('understudyctl drill end " + pool.name + "')");
    }
    if (pool.active_active()) {
        return conflict(
            name +
                " is active_active: all its healthy members serve at any time, so there is no "
                "stand-by to switch to",
            "put a member in maintenance to see the others serve without it");
    }
    if (context.fleet().domains_of(pool.id).empty())
        return conflict(name + " has no domains: nothing would be switched", "add a domain first");
    if (!any_follows(context.fleet(), pool)) {
        return conflict("every domain of " + name + " is left alone: nothing would be switched",
                        "adopt or enforce one first ('understudyctl domain list')");
    }
    if (in_dry_run(context.fleet(), pool)) {
        return conflict(name + " is in a dry run: nothing is written", "end the dry run first");
    }
    return Done{};
}

Result<Done> check_steady(const StepContext& context, const Pool& pool) {
    const std::string name = "pool '" + pool.name + "'";
    if (pool.outage)
        return conflict(name + " has no healthy member", "bring one up, and wait until it serves");
    if (pool.preferred || pool.failed_over()) {
        return conflict(
            name + " is not at its first choice: it serves from " +
                (pool.target.is_fallback() ? std::string{"its fallback address"}
                                           : named(context.fleet(), pool.target.servers.front())),
            "wait until it is back, or fail it back ('understudyctl failback " + pool.name + "')");
    }
    if (const auto held = restraints::told_of(context.view(), pool))
        return conflict(held->why, held->lets_go);
    if (look_at(context.view(), pool).choice.action != Choice::Action::Stay ||
        !orders::healthy(context, pool, pool.primary())) {
        return conflict("the primary " + named(context.fleet(), pool.primary()) + " of " + name +
                            " is not healthy",
                        "wait until it is");
    }
    const auto spent = context.guards.budget.forbids(context.fleet(), pool, context.wall(),
                                                     ChangeBudget::Need::Optional);
    if (!spent) return Done{};
    return conflict(spent->what + ": the rest of its change budget is kept for failovers",
                    "wait until " + to_rfc3339(spent->until));
}

Result<Done> check_records(const StepContext& context, const Pool& pool) {
    for (const DomainId id : context.fleet().domains_of(pool.id)) {
        const Domain& domain = *context.fleet().domain(id);
        const std::string record = "the record of '" + domain.name + "'";
        if (domain.ignored) continue;
        if (domain.record.in_conflict()) {
            return conflict(
                record + " was changed by somebody else",
                "adopt or enforce it first ('understudyctl domain show " + domain.name + "')");
        }
        if (domain.adopted(pool))
            return conflict(record + " holds what a person adopted, until the next switch",
                            "enforce it first ('understudyctl enforce " + domain.name + "')");
        if (!domain.record.settled())
            return conflict(record + " is not confirmed by its provider",
                            "wait until it is ('understudyctl domain show " + domain.name + "')");
        const Served served = domain.serving.state;
        if (served == Served::Asked || served == Served::Disputed)
            return conflict(record + " is not served by all its name servers yet",
                            "wait until it is ('understudyctl domain show " + domain.name + "')");
    }
    return Done{};
}

Result<Done> check_fit(const StepContext& context, const Pool& pool, const MemberView& member) {
    const ServerId id = member.server;
    const std::string remedy = "see 'understudyctl server show " +
                               context.fleet().server(id)->name + "', or name another with --to";
    if (member.fitness.standing != Standing::Healthy)
        return conflict(orders::not_healthy(context, pool, id).message, remedy);
    if (proven(pool, member)) return Done{};
    return conflict("stand-by " + named(context.fleet(), id) + " of pool '" + pool.name + "' is " +
                        readiness::sentence(context.view(), pool, id),
                    remedy);
}

}  // namespace

bool any_follows(const Fleet& fleet, const Pool& pool) {
    return std::ranges::any_of(fleet.domains_of(pool.id), [&](DomainId id) {
        return !fleet.domain(id)->ignored && !fleet.domain(id)->adopted(pool);
    });
}

Result<ServerId> stand_by(const StepContext& context, const Pool& pool, ServerId to) {
    if (auto checked = check_kind(context, pool); !checked) return checked.error();
    if (auto checked = check_steady(context, pool); !checked) return checked.error();
    if (auto checked = check_records(context, pool); !checked) return checked.error();
    const auto members = members_of(context.view(), pool);
    if (!to) {
        const bool probed = pool.policy.probe.kind != ProbeTarget::Kind::Off;
        to = successor_of(members, pool.target, {},
                          probed ? RequireReady::Must : RequireReady::Prefer)
                 .server;
    }
    if (!to && pool.members.size() > 1) to = pool.members[1];  // to say why not
    if (!to) {
        return conflict("pool '" + pool.name + "' has no stand-by",
                        "give it another member ('understudyctl pool set-members')");
    }
    if (to == pool.primary()) {
        return invalid(
            "to",
            "server " + named(context.fleet(), to) + " serves pool '" + pool.name + "' already",
            "name a stand-by");
    }
    const auto found = std::ranges::find(members, to, &MemberView::server);
    if (found == members.end()) {
        if (context.fleet().server(to) == nullptr) return orders::unknown("server", to.value);
        return invalid(
            "to",
            "server " + named(context.fleet(), to) + " is no member of pool '" + pool.name + "'",
            "see 'understudyctl pool show " + pool.name + "'");
    }
    if (auto fit = check_fit(context, pool, *found); !fit) return fit.error();
    return to;
}

Duration estimate(const EngineView& view, const Pool& pool, const Target& to) {
    what_if::ZoneTally tally;
    for (const DomainId id : view.fleet.domains_of(pool.id)) {
        const Domain& domain = *view.fleet.domain(id);
        if (!domain.ignored) tally.add(domain, view.fleet.addresses_of(pool, to, domain.with_ipv6));
    }
    std::map<ProviderId, what_if::Calls> of_provider;
    for (const WhatIfZone& zone : tally.take()) {
        what_if::Calls& calls = of_provider[zone.provider];
        const int of_zone =
            what_if::kReadings * zone.records + std::max(zone.records, zone.addresses);
        calls.all += of_zone;
        calls.of_longest_zone = std::max(calls.of_longest_zone, of_zone);
    }
    Duration longest{0};
    for (const auto& [provider, calls] : of_provider)
        longest = std::max(longest, what_if::kCall.worst * calls.turns());
    return longest;
}

}  // namespace understudy::drills
