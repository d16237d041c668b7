#include "controller/runtime/zone_reads.h"

#include <algorithm>
#include <set>

namespace understudy {

void ZoneReads::plan() {
    std::set<std::pair<ZoneKey, bool>> known;
    for (const auto& read : waiting_)
        known.emplace(read.key, read.with_ipv6);
    for (const Domain* domain : fleet_.domains()) {
        const ZoneKey key{domain->provider, domain->zone_id};
        if (!known.emplace(key, domain->with_ipv6).second) continue;
        waiting_.push_back(ZoneRead{key, domain->zone_name, domain->with_ipv6});
    }
}

std::optional<ZoneRead> ZoneReads::take(const std::function<bool(const ZoneRead&)>& may_begin) {
    const auto first = std::ranges::find_if(waiting_, may_begin);
    if (first == waiting_.end()) return std::nullopt;
    ZoneRead read = std::move(*first);
    waiting_.erase(first);
    return read;
}

std::vector<ReadName> ZoneReads::names_of(const ZoneRead& read) const {
    std::vector<ReadName> names;
    for (const Domain* domain : fleet_.domains()) {
        if (domain->provider != read.key.provider || domain->zone_id != read.key.zone_id ||
            domain->with_ipv6 != read.with_ipv6) {
            continue;
        }
        names.push_back(ReadName{domain->id, domain->name, domain->record.generation});
    }
    return names;
}

}  // namespace understudy
