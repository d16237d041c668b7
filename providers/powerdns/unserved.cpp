#include "providers/powerdns/unserved.h"

#include <algorithm>

#include "providers/json_service.h"

namespace understudy::powerdns {
namespace {

// The search takes its pattern for names and contents alike, so a name that many others point at
// has many hits.
constexpr std::size_t kMostHits = 5000;

struct Hit {
    std::string type;
    std::uint32_t ttl = 0;
    Content record;
};

Error not_whole(const std::string& name) {
    Error error = transient(
        "the disabled records of '" + name +
        "' cannot be read: the zone is too large to be read at once, and the search does not show "
        "the name wholly. Replacing the set would lose them");
    error.remedy = "change the record by hand, or split the zone";
    return error;
}

std::vector<Hit> hits_of(json::Value hits, const Zone& zone, const std::string& name) {
    std::vector<Hit> found;
    hits.each([&](json::Value value) {
        const auto type = text_of(value["type"]);
        const bool address = type == "A" || type == "AAAA";
        if (!address || text_of(value["zone_id"]) != zone.id) return;
        if (comparable(text_of(value["name"])) != name) return;
        const auto ttl = std::clamp<std::int64_t>(value["ttl"].integer().value_or(0), 0, INT32_MAX);
        found.push_back({type,
                         static_cast<std::uint32_t>(ttl),
                         {text_of(value["content"]), value["disabled"].boolean().value_or(false)}});
    });
    return found;
}

bool shows(const std::vector<Hit>& hits, const std::string& type, const Content& record) {
    return std::ranges::any_of(hits, [&](const Hit& hit) {
        return hit.type == type && !hit.record.disabled &&
               same_address(hit.record.text, record.text);
    });
}

// How many served address records there are; none if the search lacks one of them.
std::optional<std::size_t> served_and_shown(const std::vector<Hit>& hits,
                                            const std::vector<RrSet>& sets) {
    std::size_t count = 0;
    for (const RrSet& set : sets) {
        if (set.type != "A" && set.type != "AAAA") continue;
        for (const Content& record : set.records) {
            if (!shows(hits, set.type, record)) return std::nullopt;
            ++count;
        }
    }
    return count;
}

RrSet& set_of(std::vector<RrSet>& sets, const Hit& hit) {
    const auto known = std::ranges::find(sets, hit.type, &RrSet::type);
    return known != sets.end() ? *known : sets.emplace_back(RrSet{hit.type, hit.ttl, {}});
}

}  // namespace

std::string search_path(const std::string& name) {
    return "/search-data?q=" + url_encode(name) + "&max=" + std::to_string(kMostHits) +
           "&object_type=record";
}

std::optional<Error> add_unserved(json::Value hits, const Zone& zone, const std::string& name,
                                  std::vector<RrSet>& sets) {
    if (!hits.is_array() || hits.size() >= kMostHits) return not_whole(name);
    const auto found = hits_of(hits, zone, name);
    const auto served = served_and_shown(found, sets);
    if (served.value_or(0) == 0) return not_whole(name);
    for (const Hit& hit : found) {
        if (hit.record.disabled) set_of(sets, hit).records.push_back(hit.record);
    }
    return std::nullopt;
}

}  // namespace understudy::powerdns
