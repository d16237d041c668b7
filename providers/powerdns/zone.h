// A zone of a PowerDNS server, and the record sets of its names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "providers/service.h"

namespace understudy::powerdns {

struct Zone {
    std::string id;
    std::string name;          // canonical, no trailing dot
    std::string kind;          // "Native", "Master", "Slave", ...; 5.x: "Primary", "Secondary"
    bool serial_moves = true;  // soa_edit_api is set
    bool needs_rectify = false;

    bool sends_notify() const;
    ZoneRef ref() const { return {id, name}; }
};

struct Content {
    std::string text;
    bool disabled = false;
};

// All records of one name and type.
struct RrSet {
    std::string type;
    std::uint32_t ttl = 0;
    std::vector<Content> records;
};

using SetsByName = std::map<std::string, std::vector<RrSet>>;

// "www.example.org" as the API wants it: "www.example.org."
std::string absolute(std::string_view canonical);
// An error (Transient: the answer was damaged) without id, name or kind.
Result<Zone> read_zone(json::Value value);
// Zones that are fed from elsewhere: a change would be accepted and lost at the next transfer.
std::optional<Error> refuse(const Zone& zone);
std::vector<std::string> warnings(const Zone& zone);

// Adds the zone's record sets of the names that `sets` has entries for.
std::optional<Error> read_sets(json::Value zone, SetsByName& sets);

// All record sets of one name as one reading. Disabled records are not served and do not count.
RecordReading fold(const std::string& name, const std::vector<RrSet>& sets);

}  // namespace understudy::powerdns
