#include "controller/api/what_if_time.h"

#include <algorithm>
#include <map>

namespace understudy::api {
namespace {

using what_if::kReadings;

int parts_of(int whole, int part) {
    return (whole + part - 1) / std::max(1, part);
}

int calls_of(const WhatIfZone& zone, const Capabilities& can) {
    const int operations = parts_of(zone.records, can.operation_size);
    return kReadings * operations + std::max(operations, parts_of(zone.addresses, can.batch_size));
}

// Those that are short come with the next windows.
Duration windows_of(const WhatIfWriting& writing) {
    if (writing.calls_short() == 0 || !writing.means) return Duration{0};
    const Capabilities& can = writing.means->can;
    return Duration{can.window} * parts_of(writing.calls_short(), can.calls_per_window);
}

WaitSpan longer(const WaitSpan& one, const WaitSpan& other) {
    return {std::max(one.best, other.best), std::max(one.worst, other.worst)};
}

WaitSpan sum(const WaitSpan& one, const WaitSpan& other) {
    return {one.best + other.best, one.worst + other.worst};
}

}  // namespace

int WhatIfWriting::calls_short() const {
    if (!means || !means->calls_free) return 0;
    return std::max(0, calls - std::max(0, *means->calls_free));
}

std::vector<WhatIfWriting> writings_of(const std::vector<WhatIfZone>& zones, const MeansOf& means) {
    std::map<ProviderId, WhatIfWriting> of_provider;
    std::map<ProviderId, int> longest;  // calls of one zone
    for (const WhatIfZone& zone : zones) {
        auto [at, first] = of_provider.try_emplace(zone.provider);
        WhatIfWriting& writing = at->second;
        if (first) {
            writing.provider = zone.provider;
            writing.means = means(zone.provider);
        }
        const int calls = calls_of(zone, writing.means ? writing.means->can : Capabilities{});
        ++writing.zones;
        writing.records += zone.records;
        writing.calls += calls;
        longest[zone.provider] = std::max(longest[zone.provider], calls);
    }
    std::vector<WhatIfWriting> writings;
    for (auto& [provider, writing] : of_provider) {
        const int turns = what_if::Calls{writing.calls, longest[provider]}.turns();
        writing.takes = {kCall.best * turns, kCall.worst * turns + windows_of(writing)};
        writings.push_back(writing);
    }
    return writings;
}

WaitSpan WhatIfTime::until_written() const {
    return sum(sum(detection, waiting), writing);
}

bool acts(const WhatIfPool& pool) {
    const bool changes =
        pool.fate == WhatIfPool::Fate::Moves || pool.fate == WhatIfPool::Fate::Fallback;
    return changes && !pool.held && !pool.dry_run;
}

WhatIfTime time_of(const WhatIf& found, const std::vector<WhatIfWriting>& writings) {
    WhatIfTime time;
    for (const WhatIfPool& pool : found.pools) {
        if (!acts(pool)) continue;
        time.detection = longer(time.detection, pool.detection);
        time.waiting = longer(time.waiting, pool.waiting);
    }
    for (const WhatIfWriting& writing : writings)
        time.writing = longer(time.writing, writing.takes);
    for (const WhatIfZone& zone : found.zones)
        time.ttl = std::max(time.ttl, Duration{std::chrono::seconds{zone.ttl}});
    return time;
}

WhatIfTime time_of(const WhatIfPool& pool, const WhatIfTime& whole) {
    WhatIfTime time = whole;
    time.detection = pool.detection;
    time.waiting = pool.waiting;
    if (!acts(pool)) {
        time.writing = {};
        time.ttl = Duration{0};
    }
    return time;
}

}  // namespace understudy::api
