#include "providers/locate.h"

#include <utility>

#include "base/domain_name.h"

namespace understudy {
Result<FoundZone> zone_of(const ZoneFindings& findings, std::string_view name) {
    for (const auto& candidate : zone_candidates(name)) {
        const auto found = findings.zones.find(candidate);
        if (found == findings.zones.end()) continue;
        if (found->second.unusable) return *found->second.unusable;
        return found->second;
    }
    Error error = findings.absent;
    if (error.code == Errc::NotFound)
        error.message = "'" + std::string{name} + "': " + error.message;
    return error;
}

Result<Location> location_in(const FoundZone& zone, RecordReading reading) {
    if (reading.problem) return *std::move(reading.problem);
    return Location{zone.zone, std::move(reading), zone.warnings};
}

}  // namespace understudy
