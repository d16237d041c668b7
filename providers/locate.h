// Locating a name: which zone it lives in, then what it holds there. The same for every provider.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/domain_name.h"
#include "providers/talk.h"

namespace understudy {

// The zone of a name: the longest that fits. An error when there is none, or when it cannot be
// served from.
Result<FoundZone> zone_of(const ZoneFindings& findings, std::string_view name);

// What was read of a name in its zone; an error when that is no record of ours to be.
Result<Location> location_in(const FoundZone& zone, RecordReading reading);

// Asks for the zones of names by their candidates, longest first, each once, until one is known.
// `known` takes a candidate; `ask` too, and gives a Talk<std::optional<Error>>: an error ends it.
template <typename Known, typename Ask>
Talk<std::optional<Error>> ask_for_zones(std::vector<std::string> names, Known known, Ask ask) {
    std::set<std::string> asked;
    for (const auto& name : names) {
        for (const auto& candidate : zone_candidates(name)) {
            if (!known(candidate) && asked.insert(candidate).second) {
                auto talk = ask(candidate);
                if (const auto error = co_await talk) co_return error;
            }
            if (known(candidate)) break;
        }
    }
    co_return std::nullopt;
}

}  // namespace understudy
