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

constexpr FoldingWords kWords{"in PowerDNS", alias_in_the_way, sets_differ_in_ttl};

}  // namespace

bool Zone::sends_notify() const {
    return kind == "Master" || kind == "Primary" || kind == "Producer";
}

std::string absolute(std::string_view canonical) {
    return std::string{canonical} + ".";
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
        const auto entry = sets.find(comparable_name(text_of(value["name"])));
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
    Folding folding{name, kWords};
    for (const auto& set : sets) {
        std::vector<std::string> served;
        for (const auto& record : set.records) {
            if (!record.disabled) served.push_back(record.text);
        }
        folding.add(set.type, served, Ttl{set.ttl});
    }
    return std::move(folding).take();
}

}  // namespace understudy::powerdns
