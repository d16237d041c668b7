// The parts of fleet_plan: one function per kind, and what they share. Private to fleet_plan*.cpp.
#pragma once

#include <unordered_map>
#include <unordered_set>

#include "base/field_codec.h"
#include "controller/api/fleet_plan.h"

namespace understudy::api {

// Orders by the phase they belong to; each phase may rely on those before it.
struct PlanPhases {
    std::vector<PlannedOrder> servers, pools, gone_channels, channels, members, policies, domains;
    std::vector<PlannedOrder> gone_domains, gone_pools, gone_servers;
};

// The fleet as it will be.
struct Outcomes {
    struct ServerEnd {
        std::optional<Ipv4> ipv4;
        std::optional<Ipv6> ipv6;
    };
    struct PoolEnd {
        std::vector<std::string> members;
        Policy policy;
        std::size_t domains = 0;
    };
    std::unordered_map<std::string, ServerEnd> servers;
    std::unordered_map<std::string, PoolEnd> pools;
    std::unordered_set<std::string> domains, channels;
    std::unordered_set<std::string> subscribed;  // pools that a channel is narrowed to
};

struct Planning {
    const FleetPlanInput& in;
    FleetPlan& plan;
    PlanPhases phases = {};
    Outcomes end = {};

    void complain(std::string path, std::string message, std::string remedy) {
        plan.problems.push_back(invalid(std::move(path), std::move(message), std::move(remedy)));
    }
    void differ(Difference::How how, const char* kind, const std::string& name,
                std::vector<FieldChange> fields = {}) {
        plan.differences.push_back({how, kind, name, std::move(fields)});
    }
};

// A pool that was made for its domains goes with the last of them, unless a channel is narrowed to
// it.
bool ends_by_itself(const Planning& planning, const Pool& pool);

// Keeps those whose ends differ.
std::vector<FieldChange> only_real(std::vector<FieldChange> fields);
std::string text_of(const std::map<std::string, std::string>& labels);
std::string text_of(const std::vector<std::string>& names);

// Each field of what is described (base/describe.h), changed or not; `within`: "policy.".
template <Described T>
std::vector<FieldChange> described_fields(const std::string& within, const T& before,
                                          const T& after) {
    std::vector<FieldChange> fields;
    const auto was = field_texts(before), is = field_texts(after);
    for (std::size_t i = 0; i < is.size(); ++i)
        fields.push_back({within + is[i].first, was[i].second, is[i].second});
    return fields;
}

// A name given twice is complained about at its second place.
void plan_servers(Planning& planning);
void plan_pools(Planning& planning);
void plan_domains(Planning& planning);
void plan_channels(Planning& planning);

}  // namespace understudy::api
