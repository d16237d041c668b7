// A zone as Cloudflare describes it, and which of several is meant.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "providers/provider.h"

namespace understudy::cloudflare {

struct Zone {
    std::string id;
    std::string name;  // canonical, although Cloudflare shows Unicode
    std::string status;
    std::string type;
    std::string plan;
    std::string account;
    bool paused = false;

    ZoneRef ref() const { return {id, name}; }
};

// An error (Transient: the answer was damaged) without id or name.
Result<Zone> read_zone(json::Value value);

// The names that may find a zone: Punycode, and Unicode where that differs, since Cloudflare keeps
// Unicode and does not document which form its filter takes.
std::vector<std::string> spellings(const std::string& canonical);

// One zone of several with the same name: the only active one. Two accounts may each have one.
Result<Zone> choose(const std::vector<Zone>& zones);

// Zones whose records nobody can or should change through the API.
std::optional<Error> refuse(const Zone& zone);
std::vector<std::string> warnings(const Zone& zone, std::size_t batch_operations);

}  // namespace understudy::cloudflare
