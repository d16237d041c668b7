// How long what would follow from a loss would take: until it is decided, until the providers have
// it, and until no resolver holds the old answer. Used by what_if.cpp. Pure; times count from the
// loss, and every figure is an estimate.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "controller/core/what_if.h"
#include "providers/provider.h"

namespace understudy::api {

using what_if::kCall;

// What would be written at one provider.
struct WhatIfWriting {
    ProviderId provider;
    int records = 0, zones = 0;
    int calls = 0;                      // reading, writing, reading back
    std::optional<AccountMeans> means;  // none: its credential cannot be read
    WaitSpan takes;

    // Calls that have to wait for another window of the provider's.
    int calls_short() const;
};

using MeansOf = std::function<std::optional<AccountMeans>(ProviderId provider)>;
std::vector<WhatIfWriting> writings_of(const std::vector<WhatIfZone>& zones, const MeansOf& means);

// Until all records that move have moved; the longest of all pools that nothing holds.
struct WhatIfTime {
    WaitSpan detection, waiting, writing;
    Duration ttl{0};  // then resolvers may hold the old answer for so long

    WaitSpan until_written() const;
};
WhatIfTime time_of(const WhatIf& found, const std::vector<WhatIfWriting>& writings);
// Of one of its pools.
WhatIfTime time_of(const WhatIfPool& pool, const WhatIfTime& whole);

// Whether its records are about to change: nothing keeps them.
bool acts(const WhatIfPool& pool);

}  // namespace understudy::api
