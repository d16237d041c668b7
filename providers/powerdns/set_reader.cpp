#include "providers/powerdns/server.h"

#include <algorithm>
#include <utility>

namespace understudy::powerdns {
namespace {

constexpr std::size_t kNamesAskedSingly = 10;

// --- what a reading by name leaves out: PowerDNS shows disabled records in a whole zone and in its
// search, and not with ?rrset_name= (measured with 4.7.3).

// The search takes its pattern for names and contents alike, so a name that many others point at
// has many hits.
constexpr std::size_t kMostHits = 5000;

Error not_whole(const std::string& name) {
    return transient(
        "the disabled records of '" + name +
            "' cannot be read: the zone is too large to be read at once, and the search does not "
            "show the name wholly. Replacing the set would lose them",
        "change the record by hand, or split the zone");
}

bool is_address(const std::string& type) {
    return type == "A" || type == "AAAA";
}

// The name's address records, each as a set of its own.
std::vector<RrSet> hits_of(json::Value hits, const Zone& zone, const std::string& name) {
    std::vector<RrSet> found;
    hits.each([&](json::Value value) {
        const auto type = text_of(value["type"]);
        if (!is_address(type) || text_of(value["zone_id"]) != zone.id) return;
        if (comparable_name(text_of(value["name"])) != name) return;
        const auto ttl = std::clamp<std::int64_t>(value["ttl"].integer().value_or(0), 0, INT32_MAX);
        found.push_back(
            {type,
             static_cast<std::uint32_t>(ttl),
             {{text_of(value["content"]), value["disabled"].boolean().value_or(false)}}});
    });
    return found;
}

bool shows(const std::vector<RrSet>& hits, const std::string& type, const Content& record) {
    return std::ranges::any_of(hits, [&](const RrSet& hit) {
        const Content& shown = hit.records.front();
        return hit.type == type && !shown.disabled &&
               plain_address(shown.text) == plain_address(record.text);
    });
}

// Every address record that is served; and there is one.
bool shows_all(const std::vector<RrSet>& hits, const std::vector<RrSet>& served) {
    bool any = false;
    for (const RrSet& set : served) {
        if (!is_address(set.type)) continue;
        for (const Content& record : set.records) {
            if (!shows(hits, set.type, record)) return false;
            any = true;
        }
    }
    return any;
}

// The search for one name, below the server's path.
std::string search_path(const std::string& name) {
    return "/search-data?q=" + url_encode(name) + "&max=" + std::to_string(kMostHits) +
           "&object_type=record";
}

// Adds the disabled address records of that name to what was read by name. An error unless the
// search has shown every served one too: a set of which a part is hidden must not be replaced.
std::optional<Error> add_unserved(json::Value hits, const Zone& zone, const std::string& name,
                                  std::vector<RrSet>& sets) {
    if (!hits.is_array() || hits.size() >= kMostHits) return not_whole(name);
    const auto found = hits_of(hits, zone, name);
    if (!shows_all(found, sets)) return not_whole(name);
    for (const RrSet& hit : found) {
        if (!hit.records.front().disabled) continue;
        const auto known = std::ranges::find(sets, hit.type, &RrSet::type);
        if (known == sets.end()) {
            sets.push_back(hit);
        } else {
            known->records.push_back(hit.records.front());
        }
    }
    return std::nullopt;
}

// --- the reading

class SetReader {
  public:
    SetReader(const Server& server, const std::string& zone_id, std::vector<std::string> names,
              Extent extent)
        : server_(server),
          path_("/zones/" + url_encode(zone_id)),
          names_(std::move(names)),
          extent_(extent) {}

    Talk<Result<ZoneReading>> run() {
        const bool at_once = extent_ == Extent::Whole || names_.size() > kNamesAskedSingly;
        auto way = at_once ? whole_zone() : by_name();
        if (const auto error = co_await way) co_return *error;
        co_return std::move(reading_);
    }

  private:
    Talk<std::optional<Error>> whole_zone() {
        begin_anew();
        auto error = co_await take_zone({});
        if (error && error->code == Errc::Transient) error = co_await by_name();
        co_return error;
    }

    Talk<std::optional<Error>> by_name() {
        begin_anew();
        for (const auto& name : names_) {
            auto error = co_await take_zone("?rrset_name=" + url_encode(absolute(name)));
            if (!error && extent_ == Extent::Whole) error = co_await take_unserved(name);
            if (error) co_return error;
        }
        co_return std::nullopt;
    }

    void begin_anew() {
        for (const auto& name : names_)
            reading_.sets[name].clear();
    }

    Talk<std::optional<Error>> take_zone(std::string filter) {
        const auto body = co_await server_.get(path_ + filter);
        if (!body) co_return body.error();
        auto zone = read_zone(body->root());
        if (!zone) co_return zone.error();
        reading_.zone = *std::move(zone);
        if (auto error = refuse(reading_.zone)) co_return error;
        co_return read_sets(body->root(), reading_.sets);
    }

    Talk<std::optional<Error>> take_unserved(std::string name) {
        const auto hits = co_await server_.get(search_path(name));
        if (!hits) co_return hits.error();
        co_return add_unserved(hits->root(), reading_.zone, name, reading_.sets[name]);
    }

    const Server& server_;
    std::string path_;
    std::vector<std::string> names_;
    Extent extent_;
    ZoneReading reading_;
};

}  // namespace

Talk<Service::Read> Server::read(ZoneRef zone, std::vector<std::string> names,
                                 Extent extent) const {
    SetReader reader{*this, zone.id, std::move(names), extent};
    auto sets = co_await reader.run();
    if (!sets) co_return sets.error();
    co_return make_names(*this, zone.id, *std::move(sets));
}

}  // namespace understudy::powerdns
