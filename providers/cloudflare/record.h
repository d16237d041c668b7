// DNS records as Cloudflare shows them, and what those of one name amount to.
//
// Decoded leniently: unknown keys are skipped, and of the rest only what an address needs is
// required. Cloudflare has removed keys before (zone_id in 2024), and decoders that insisted on
// them broke.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "providers/service.h"

namespace understudy::cloudflare {

inline constexpr std::uint32_t kAutomaticTtl = 1;

struct Record {
    std::string id;
    std::string name;  // canonical
    std::string type;
    std::string content;
    std::uint32_t ttl = kAutomaticTtl;  // Cloudflare's: 1 is automatic
    bool proxied = false;
    std::string comment;  // empty: none
    std::vector<std::string> tags;

    bool is_address() const { return type == "A" || type == "AAAA"; }
};

using RecordsByName = std::map<std::string, std::vector<Record>>;

// An error (Transient: the answer was damaged) without id, name, type, or an address record's
// content.
Result<Record> read_record(json::Value value);

// All records of one name, of every type, as one reading.
RecordReading fold(const std::string& name, const std::vector<Record>& records);

}  // namespace understudy::cloudflare
