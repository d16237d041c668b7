#include "controller/core/hearing.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "controller/core/within.h"

namespace understudy::hearing {
namespace {

constexpr const char* kHeldForAll =
    "more is lost at once than can be believed, or the controller itself stood still: nothing is "
    "moved until that is clear";

// Its reason counts and names what everybody lost.
bool held_for_all(const Notice& notice) {
    return notice.type == NoticeType::FailoverHeld && !notice.pool && !notice.server &&
           notice.pools.empty();
}

// As channels subscribe: a pool's labels are its primary's.
bool hears_of(const Fleet& fleet, const Scope& scope, PoolId id) {
    const Pool* pool = fleet.pool(id);
    if (pool == nullptr) return true;
    const bool named = !scope.pools || std::ranges::find(*scope.pools, id) != scope.pools->end();
    if (!named || scope.labels.empty()) return named;
    const Server* primary = fleet.server(pool->primary());
    return primary != nullptr && within::carries(*primary, scope.labels);
}

bool hears_of(const Fleet& fleet, const Scope& scope, std::string_view domain) {
    const Domain* known = fleet.domain_named(domain);
    return known == nullptr || hears_of(fleet, scope, known->pool);
}

// A server's news may be about domains of several pools, and of some of them it is not to hear:
// they are counted, and not named.
void leave_out_others(const Fleet& fleet, const Scope& scope, Notice& notice) {
    notice.domain_count = std::max(notice.domain_count, notice.domains.size());
    const auto foreign = [&](const std::string& domain) { return !hears_of(fleet, scope, domain); };
    std::erase_if(notice.domains, [&](const MovedDomain& each) { return foreign(each.name); });
    std::erase_if(notice.pending, foreign);
    std::erase_if(notice.pools,
                  [&](const NamedPool& each) { return !hears_of(fleet, scope, each.id); });
    if (!notice.pool || hears_of(fleet, scope, notice.pool)) return;
    notice.pool = {};
    notice.pool_name.clear();
}

// The things that it is about, and those members of its pools that carry the channel's labels: who
// hears of the one may hear of the other.
std::set<std::string_view> names_in(const Notice& notice, const Fleet& fleet, const Scope& scope) {
    std::set<std::string_view> names{notice.server_name, notice.pool_name};
    std::vector<PoolId> pools{notice.pool};
    for (const NamedPool& pool : notice.pools) {
        names.insert(pool.name);
        pools.push_back(pool.id);
    }
    for (const MovedDomain& domain : notice.domains)
        names.insert(domain.name);
    for (const std::string& domain : notice.pending)
        names.insert(domain);
    for (const PoolId id : pools) {
        const Pool* pool = fleet.pool(id);
        if (pool == nullptr) continue;
        names.insert(pool->name);
        for (const ServerId member : pool->members)
            if (within::carries(*fleet.server(member), scope.labels))
                names.insert(fleet.server(member)->name);
    }
    return names;
}

}  // namespace

Notice heard(const Fleet& fleet, const Channel& channel, Notice notice) {
    const Scope scope = within::heard_by(channel);
    if (scope.everything()) return notice;
    if (held_for_all(notice)) {
        notice.reason = kHeldForAll;
        notice.detail.clear();
        return notice;
    }
    leave_out_others(fleet, scope, notice);
    const Notice about = notice;
    const std::set<std::string_view> own = names_in(about, fleet, scope);
    const auto told = [&](std::string& text) { text = within::unnamed(fleet, scope, text, own); };
    told(notice.reason);
    told(notice.detail);
    for (MovedDomain& domain : notice.domains)
        told(domain.problem);
    return notice;
}

}  // namespace understudy::hearing
