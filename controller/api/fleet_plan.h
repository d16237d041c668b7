// What it takes to make the fleet as a document says: differences for people, and the orders that
// make them, in an order in which each can be carried out. Pure; used by fleet_apply.cpp.
//
// A kind whose section is not in the document is left alone. Of the others, what the document does
// not name is removed.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/channel_kinds.h"
#include "controller/api/fleet_document.h"
#include "controller/core/fleet.h"
#include "controller/core/input.h"
#include "providers/provider.h"

namespace understudy::api {

struct FieldChange {
    std::string field;
    std::string from, to;  // as text; empty: nothing
    friend bool operator==(const FieldChange&, const FieldChange&) = default;
};
struct Difference {
    enum class How { Added, Changed, Removed };
    How how = How::Added;
    std::string kind;  // "server"
    std::string name;
    std::vector<FieldChange> fields;  // of what was added and changed
};

struct PlannedOrder {
    OrderAction action;  // a new server has no token yet, a channel nothing sealed
    std::string path;    // of the item it is for; of the section for removals
    Secret to_seal = {};
    Secret generated = {};  // a webhook's signing secret that was made for it
};

// A record that must be read before its domain can be added.
struct UnreadRecord {
    ProviderId provider;
    std::string name;
};

struct FleetPlan {
    std::vector<Difference> differences;
    std::vector<PlannedOrder> orders;
    std::vector<UnreadRecord> unread;   // not empty: `orders` is not whole yet
    std::set<std::string> misfits;      // domains whose records, as read, cannot be taken over
    std::vector<std::string> warnings;  // of providers, and servers that keep another address
    Problems problems;                  // not empty: nothing may be done
};

using Locations = std::map<std::string, Result<Location>>;

struct FleetPlanInput {
    const Fleet& fleet;
    const FleetDocument& document;
    const Locations& located;  // by the domain's name
    // The JSON that a channel has sealed; empty: it cannot be opened, or there is none.
    std::function<Secret(const Channel&)> secrets_of;
    std::function<std::optional<Error>(const std::string& kind, const std::string& settings,
                                       const Secret& secrets)>
        channel_trouble;
    std::function<Secret(const ChannelSetting& setting)> make_secret;
    bool force = false;
};

FleetPlan plan_fleet(const FleetPlanInput& input);

}  // namespace understudy::api

template <>
inline constexpr understudy::Words<understudy::api::Difference::How, 3>
    understudy::kWordsOf<understudy::api::Difference::How>{
        {{understudy::api::Difference::How::Added, "added"},
         {understudy::api::Difference::How::Changed, "changed"},
         {understudy::api::Difference::How::Removed, "removed"}}};
