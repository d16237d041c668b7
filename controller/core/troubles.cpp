#include "controller/core/troubles.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.h"
#include "controller/core/announcer.h"

namespace understudy::troubles {
namespace {

constexpr std::size_t kNamesShown = 20;

// "web1, web2 and 3 more"
std::string some_of(const std::vector<std::string>& names) {
    const auto end = names.begin() + std::min(std::ssize(names), std::ptrdiff_t{kNamesShown});
    const std::vector<std::string> first{names.begin(), end};
    const std::size_t more = names.size() - first.size();
    return listed(first) + (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

bool in_maintenance(const Fleet& fleet, const Pool& pool) {
    return std::ranges::all_of(pool.members, [&](ServerId member) {
        return fleet.server(member)->maintenance.has_value();
    });
}

std::tuple<int, std::int64_t> place_of(const Trouble& trouble) {
    if (trouble.server != nullptr) return {0, trouble.server->id.value};
    if (trouble.pool != nullptr) return {1, trouble.pool->id.value};
    return {2, trouble.domain->id.value};
}

std::string sentence(const std::vector<std::string>& down, const std::vector<std::string>& failing,
                     const std::vector<std::string>& pools, std::size_t records) {
    std::string text;
    const auto add = [&](const std::vector<std::string>& names, std::string_view what) {
        if (names.empty()) return;
        text += (text.empty() ? "" : "; ") + some_of(names) + std::string{what};
    };
    add(down, " down");
    add(failing, " in error");
    add(pools, " without a healthy member");
    if (records > 0)
        text += (text.empty() ? "" : "; ") + counted(records, "record") + " not as wanted";
    return text;
}

MovedDomain line_of(const Trouble& trouble) {
    const Publication& record = trouble.domain->record;
    return {trouble.domain->name, to_string(record.content()), to_string(record.desired),
            record.in_conflict() ? "changed by somebody else" : "the provider refuses the change"};
}

std::optional<Trouble> of(const Server& server) {
    if (server.alarm == Alarm::None || server.maintenance) return std::nullopt;
    const bool down = server.alarm == Alarm::Down;
    return Trouble{down ? NoticeType::ServerDown : NoticeType::ServerError, &server, nullptr,
                   nullptr, server.incident};
}

std::optional<Trouble> of(const Fleet& fleet, const Pool& pool) {
    if (!pool.outage || in_maintenance(fleet, pool)) return std::nullopt;
    return Trouble{NoticeType::OutageStarted, nullptr, &pool, nullptr, pool.incident};
}

std::optional<Trouble> of(const Domain& domain) {
    const Publication& record = domain.record;
    if (domain.ignored || (!record.in_conflict() && !record.refused)) return std::nullopt;
    // Where somebody else's content keeps a change out, people were told that it failed.
    return Trouble{record.refused ? NoticeType::FailoverFailed : NoticeType::DnsDrift, nullptr,
                   nullptr, &domain, domain.incident};
}

}  // namespace

std::optional<Trouble> of(const Fleet& fleet, IncidentBook::Thing thing) {
    if (const Server* server = fleet.server(ServerId{thing})) return of(*server);
    if (const Pool* pool = fleet.pool(PoolId{thing})) return of(fleet, *pool);
    if (const Domain* domain = fleet.domain(DomainId{thing})) return of(*domain);
    return std::nullopt;
}

IncidentBook::Thing thing_of(const Trouble& trouble) {
    return std::get<std::int64_t>(place_of(trouble));
}

bool is_worse(NoticeType now, NoticeType before) {
    if (severity_of(now) != severity_of(before)) return severity_of(now) > severity_of(before);
    return now == NoticeType::ServerDown && before == NoticeType::ServerError;
}

std::vector<Trouble> of_incident(const Fleet& fleet, const IncidentBook& book,
                                 IncidentId incident) {
    std::vector<Trouble> found;
    for (const IncidentBook::Thing thing : book.things_of(incident))
        if (auto trouble = of(fleet, thing)) found.push_back(*trouble);
    sort(found);
    return found;
}

void sort(std::vector<Trouble>& troubles) {
    std::ranges::sort(troubles, {}, place_of);
}

bool subscribes(const Channel& channel, const Fleet& fleet, const Trouble& trouble) {
    Notice told;
    told.type = trouble.told;
    if (trouble.server != nullptr) told.server = trouble.server->id;
    if (trouble.pool != nullptr) {
        told.pool = trouble.pool->id;
        told.server = trouble.pool->face();
    }
    if (trouble.domain != nullptr) told.pool = trouble.domain->pool;
    if (understudy::subscribes(channel, fleet, told)) return true;
    // What failed because somebody else changed it was told as both.
    told.type = NoticeType::DnsDrift;
    const bool drifted = trouble.domain != nullptr && trouble.domain->record.in_conflict();
    return drifted && understudy::subscribes(channel, fleet, told);
}

void name_pools(Notice& notice, const Fleet& fleet, const std::vector<Trouble>& sorted) {
    std::set<PoolId> pools;
    for (const Trouble& trouble : sorted) {
        if (trouble.pool != nullptr) pools.insert(trouble.pool->id);
        if (trouble.domain != nullptr) pools.insert(trouble.domain->pool);
    }
    notice.pool = {};
    notice.pool_name.clear();
    if (pools.size() == 1) {
        notice.pool = *pools.begin();
        notice.pool_name = fleet.pool(notice.pool)->name;
        return;
    }
    for (const PoolId pool : pools) {
        if (notice.pools.size() == kDomainsPerNotice) return;
        notice.pools.push_back({pool, fleet.pool(pool)->name});
    }
}

Notice summary(const std::vector<Trouble>& sorted) {
    Notice notice;
    std::vector<std::string> down, failing, pools;
    for (const Trouble& trouble : sorted) {
        if (trouble.domain != nullptr) {
            if (notice.domain_count < kDomainsPerNotice) {
                notice.add(line_of(trouble));
            } else {
                ++notice.domain_count;  // a line that nobody sees need not be made
            }
            continue;
        }
        // A pool's outage is a story of its own within the incident, so it is named.
        if (trouble.pool != nullptr && !notice.incident) {
            notice.pool = trouble.pool->id;
            notice.pool_name = trouble.pool->name;
        }
        if (!notice.incident) notice.incident = trouble.incident;
        if (trouble.pool != nullptr) {
            pools.push_back("pool '" + trouble.pool->name + "'");
        } else {
            const bool is_down = trouble.told == NoticeType::ServerDown;
            (is_down ? down : failing).push_back(trouble.server->name);
        }
    }
    notice.reason = sentence(down, failing, pools, notice.domain_count);
    return notice;
}

}  // namespace understudy::troubles
