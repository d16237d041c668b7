#include "providers/powerdns/server.h"

#include <set>
#include <utility>

#include "providers/locate.h"

namespace understudy::powerdns {
namespace {

class FindZones {
  public:
    FindZones(const Server& server, std::vector<std::string> names)
        : server_(server), names_(std::move(names)) {
        findings_.absent = not_found("PowerDNS has no zone of it",
                                     "create the zone, or use the server that has it");
    }

    Talk<Result<ZoneFindings>> run() {
        auto way = names_.size() == 1 ? by_name() : list();
        if (const auto error = co_await way) co_return *error;
        if (const auto error = co_await look_closer()) co_return *error;
        co_return std::move(findings_);
    }

  private:
    Talk<std::optional<Error>> list() {
        auto error = co_await take_list("/zones");
        if (error && error->code == Errc::Transient && !names_.empty())
            error = co_await by_name();
        else
            findings_.complete = !error;
        co_return error;
    }

    Talk<std::optional<Error>> by_name() {
        return ask_for_zones(
            names_, [this](const std::string& zone) { return findings_.zones.contains(zone); },
            [this](const std::string& zone) {
                return take_list("/zones?zone=" + url_encode(absolute(zone)));
            });
    }

    Talk<std::optional<Error>> take_list(std::string path) {
        const auto list = co_await server_.get(std::move(path));
        if (!list) co_return list.error();
        if (!list->root().is_array())
            co_return transient("no usable answer from PowerDNS: no list of zones");
        std::optional<Error> damaged;
        list->root().each([&](json::Value value) {
            const auto zone = read_zone(value);
            if (zone) {
                take(*zone);
            } else {
                damaged = zone.error();
            }
        });
        co_return damaged;
    }

    void take(const Zone& zone) {
        findings_.zones.insert_or_assign(zone.name,
                                         FoundZone{zone.ref(), warnings(zone), refuse(zone)});
    }

    // The list does not say whether a zone's serial moves: the zones of our names are asked.
    Talk<std::optional<Error>> look_closer() {
        for (const auto& id : zones_used()) {
            const auto body = co_await server_.get("/zones/" + url_encode(id) + "?rrsets=false");
            if (!body) co_return body.error();
            const auto zone = read_zone(body->root());
            if (!zone) co_return zone.error();
            take(*zone);
        }
        co_return std::nullopt;
    }

    std::vector<std::string> zones_used() const {
        std::vector<std::string> ids;
        std::set<std::string> used;
        for (const auto& name : names_) {
            const auto zone = zone_of(findings_, name);
            if (zone && used.insert(zone->zone.id).second) ids.push_back(zone->zone.id);
        }
        return ids;
    }

    const Server& server_;
    std::vector<std::string> names_;
    ZoneFindings findings_;
};

}  // namespace

Talk<Result<ZoneFindings>> Server::find_zones(std::vector<std::string> names) const {
    FindZones find{*this, std::move(names)};
    co_return co_await find.run();
}

}  // namespace understudy::powerdns
