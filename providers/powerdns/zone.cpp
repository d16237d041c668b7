#include "providers/powerdns/zone.h"

#include <algorithm>

#include "base/domain_name.h"
#include "providers/json_service.h"
#include "providers/settings.h"

namespace understudy::powerdns {
namespace {

Result<RrSet> read_set(json::Value value) {
    RrSet set;
    set.type = text_of(value["type"]);
    const auto ttl = value["ttl"].integer().value_or(-1);
    if (set.type.empty() || ttl < 0 || ttl > INT32_MAX) {
        return transient("no usable answer from PowerDNS: a record set without type or ttl");
    }
    set.ttl = static_cast<std::uint32_t>(ttl);
    value["records"].each([&set](json::Value record) {
        set.records.push_back(
            {text_of(record["content"]), record["disabled"].boolean().value_or(false)});
    });
    return set;
}

bool served(const RrSet& set) {
    return std::ranges::any_of(set.records, [](const Content& each) { return !each.disabled; });
}

// Adds what one set contributes; the reason if it cannot be.
std::optional<Error> add_set(const std::string& name, const RrSet& set, RecordReading& reading) {
    for (const auto& record : set.records) {
        if (record.disabled || add_address(set.type, record.text, reading.state.addresses))
            continue;
        return conflict("'" + name + "' has the " + set.type + " record '" +
                            foreign_text(record.text, {}) + "', which is no address",
                        "correct it in PowerDNS");
    }
    if (reading.exists && reading.state.ttl.seconds != set.ttl) {
        return conflict("the A and AAAA records of '" + name + "' differ in TTL (" +
                            std::to_string(reading.state.ttl.seconds) + " and " +
                            std::to_string(set.ttl) + ")",
                        "make them alike in PowerDNS: they move as one");
    }
    reading.exists = true;
    reading.state.ttl = Ttl{set.ttl};
    return std::nullopt;
}

}  // namespace

bool Zone::sends_notify() const {
    return kind == "Master" || kind == "Primary" || kind == "Producer";
}

std::string absolute(std::string_view canonical) {
    return std::string{canonical} + ".";
}

std::string comparable(const std::string& name) {
    auto canonical = canonical_name("name", name);
    if (canonical) return *std::move(canonical);
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

bool same_address(const std::string& one, const std::string& other) {
    if (const auto ipv6 = parse_ipv6(one)) return ipv6 == parse_ipv6(other);
    return one == other;
}

Result<Zone> read_zone(json::Value value) {
    Zone zone;
    zone.id = text_of(value["id"]);
    zone.kind = text_of(value["kind"]);
    const auto name = canonical_name("zone", text_of(value["name"]));
    if (zone.id.empty() || zone.kind.empty() || !name) {
        return transient("no usable answer from PowerDNS: a zone without id, name or kind");
    }
    zone.name = *name;
    zone.serial_moves = !value["soa_edit_api"].exists() || !text_of(value["soa_edit_api"]).empty();
    zone.needs_rectify =
        value["dnssec"].boolean().value_or(false) && !value["api_rectify"].boolean().value_or(true);
    return zone;
}

std::optional<Error> refuse(const Zone& zone) {
    if (zone.kind == "Native" || zone.sends_notify()) return std::nullopt;
    return conflict("the zone '" + zone.name + "' is of kind " + foreign_text(zone.kind, {}) +
                        ": its records come from elsewhere, and a change would be lost",
                    "use the server where the zone is Native or Master");
}

std::vector<std::string> warnings(const Zone& zone) {
    if (zone.serial_moves) return {};
    return {"the zone '" + zone.name +
            "' has an empty soa_edit_api: its serial does not move, and secondaries keep the old "
            "addresses for ever; set soa_edit_api to DEFAULT"};
}

std::optional<Error> read_sets(json::Value zone, SetsByName& sets) {
    if (!zone["rrsets"].is_array()) {
        return transient("no usable answer from PowerDNS: a zone without record sets");
    }
    std::optional<Error> error;
    zone["rrsets"].each([&](json::Value value) {
        const auto entry = sets.find(comparable(text_of(value["name"])));
        if (entry == sets.end()) return;
        auto set = read_set(value);
        if (set) {
            entry->second.push_back(*std::move(set));
        } else {
            error = set.error();
        }
    });
    return error;
}

RecordReading fold(const std::string& name, const std::vector<RrSet>& sets) {
    RecordReading reading;
    reading.name = name;
    const auto problem = [&name](Error error) {
        return RecordReading{name, false, {}, std::move(error)};
    };
    for (const auto& set : sets) {
        if (!served(set)) continue;
        if (set.type == "CNAME" || set.type == "ALIAS" || set.type == "LUA") {
            return problem(conflict("'" + name + "' has a record of type " + set.type,
                                    "replace it in PowerDNS by an A record"));
        }
        if (set.type != "A" && set.type != "AAAA") continue;
        if (auto error = add_set(name, set, reading)) return problem(*std::move(error));
    }
    reading.state.addresses.normalise();
    return reading;
}

}  // namespace understudy::powerdns
