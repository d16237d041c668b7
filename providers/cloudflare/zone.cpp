#include "providers/cloudflare/zone.h"

#include <algorithm>

#include "base/domain_name.h"
#include "base/text.h"
#include "providers/json_service.h"
#include "providers/settings.h"

namespace understudy::cloudflare {
namespace {

// Foreign text on its way into messages.
std::string words_of(json::Value value) {
    return foreign_text(text_of(value), {});
}

}  // namespace

Result<Zone> read_zone(json::Value value) {
    const auto id = text_of(value["id"]);
    const auto name = canonical_name("zone", text_of(value["name"]));
    if (id.empty() || !name)
        return transient("no usable answer from Cloudflare: a zone without id or name");
    Zone zone;
    zone.id = id;
    zone.name = *name;
    zone.status = words_of(value["status"]);
    zone.type = words_of(value["type"]);
    zone.plan = words_of(value["plan"]["legacy_id"]);
    zone.account = words_of(value["account"]["name"]);
    zone.paused = value["paused"].boolean().value_or(false);
    return zone;
}

std::vector<std::string> spellings(const std::string& canonical) {
    auto unicode = display_name(canonical);
    if (unicode == canonical) return {canonical};
    return {std::move(unicode), canonical};
}

Result<Zone> choose(const std::vector<Zone>& zones) {
    ensure(!zones.empty());
    if (zones.size() == 1) return zones.front();
    const auto active = [](const Zone& zone) { return zone.status == "active"; };
    if (std::ranges::count_if(zones, active) == 1) return *std::ranges::find_if(zones, active);
    std::string ids;
    for (const auto& zone : zones) {
        add_item(ids, foreign_text(zone.id, {}) + " (" + zone.status + ", account '" +
                          zone.account + "')");
    }
    return conflict("the token sees several zones named '" + zones.front().name + "': " + ids,
                    "set settings.zone_id to the right one");
}

std::optional<Error> refuse(const Zone& zone) {
    if (zone.type == "secondary") {
        return conflict(
            "the zone '" + zone.name + "' is secondary: its records come from its primary",
            "change the records where the primary is");
    }
    if (zone.status == "deactivated" || zone.status == "deleted") {
        return conflict("the zone '" + zone.name + "' is " + zone.status,
                        "activate it at Cloudflare");
    }
    return std::nullopt;
}

std::vector<std::string> warnings(const Zone& zone, std::size_t batch_operations) {
    std::vector<std::string> out;
    const auto warn = [&](bool when, const std::string& words) {
        if (when) out.push_back("the zone '" + zone.name + "' " + words);
    };
    warn(zone.paused, "is paused: records are served unproxied");
    warn(zone.status == "pending" || zone.status == "initializing",
         "is " + zone.status +
             ": nobody asks its name servers yet, and records are served unproxied");
    warn(zone.status == "moved", "has moved: its name servers are no longer Cloudflare's");
    warn(zone.type == "partial",
         "is a CNAME set-up: only proxied names are answered by Cloudflare");
    warn(zone.type == "internal", "is internal: the public does not see it");
    warn(zone.plan == "free" && batch_operations > 200,
         "is on the free plan, which takes 200 changes in a batch, not " +
             std::to_string(batch_operations) + "; correct settings.plan");
    return out;
}

}  // namespace understudy::cloudflare
