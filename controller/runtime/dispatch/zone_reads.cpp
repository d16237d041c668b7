#include "controller/runtime/dispatch/zone_reads.h"

#include <algorithm>
#include <set>

namespace understudy {

void ZoneReads::plan() {
    std::set<ZoneKey> known;
    for (const auto& read : waiting_)
        known.insert(read.key);
    for (const Domain* domain : fleet_.domains()) {
        const ZoneKey key{domain->provider, domain->zone_id};
        if (known.insert(key).second) waiting_.push_back(ZoneRead{key, domain->zone_name});
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
        if (ZoneKey{domain->provider, domain->zone_id} != read.key) continue;
        names.push_back(ReadName{domain->id, domain->name, domain->record.generation});
    }
    return names;
}

}  // namespace understudy
