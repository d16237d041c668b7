#include "controller/core/hearing.h"

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

// The things that it is about, and the members of its pools: who hears of the one may hear of the
// other.
std::set<std::string_view> names_in(const Notice& notice, const Fleet& fleet) {
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
    const Notice about = notice;
    const std::set<std::string_view> own = names_in(about, fleet);
    const auto told = [&](std::string& text) { text = within::unnamed(fleet, scope, text, own); };
    told(notice.reason);
    told(notice.detail);
    for (MovedDomain& domain : notice.domains)
        told(domain.problem);
    return notice;
}

}  // namespace understudy::hearing
