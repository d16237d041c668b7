// ProbePlan: which services are to be probed: one job for every server and every probe that the
// policies of its pools ask for (service_of), as far as these pools have domains. Pure. Used by
// Probes.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/core/change.h"
#include "controller/core/fleet.h"
#include "controller/runtime/outbound/outbound.h"

namespace understudy {

// What the policies with the same words say of their probe.
struct ProbeRules {
    std::string service;  // service_of(policy)
    ServiceTerms terms;   // the target may still be auto, and without a port
    Duration interval{5'000};
    Duration fast_interval{1'000};
    int fall = 3;
    int rise = 2;

    // How long what was found counts when nothing is heard again: one probe may be missing.
    Duration valid_for() const { return 2 * interval + terms.timeout + Duration{5'000}; }
    friend bool operator==(const ProbeRules&, const ProbeRules&) = default;
};

ProbeRules probe_rules_of(const Policy& policy);

// Whose name a pool's service is asked for: the first that was registered changes only when it
// goes. Null: it has none.
const Domain* first_domain(const Fleet& fleet, const Pool& pool);

// The name a server is asked for on a domain's behalf: one that a certificate for "*.example.org"
// covers.
std::string host_for(const std::string& domain);

// Which job it is: words of a probe, for a server.
struct ProbeKey {
    ServerId server;
    std::string service;
    friend auto operator<=>(const ProbeKey&, const ProbeKey&) = default;
};

struct ProbeJob {
    std::shared_ptr<const ProbeRules> rules;  // shared by all of the same words
    std::string host;                         // the name it is asked for
    Ipv4 ipv4;
    std::optional<Ipv6> ipv6;
};

using ProbeJobs = std::map<ProbeKey, ProbeJob>;

class ProbePlan {
  public:
    // Walks the pools: not for every turn. Remembers what it was made from.
    ProbeJobs make(const Fleet& fleet);
    // Whether another plan would follow. Rows are saved for many other reasons.
    bool concerned_by(const Change& change) const;

  private:
    struct PoolWords {
        std::vector<ServerId> members;
        std::string service;
        friend bool operator==(const PoolWords&, const PoolWords&) = default;
    };
    struct Addresses {
        Ipv4 ipv4;
        std::optional<Ipv6> ipv6;
        friend bool operator==(const Addresses&, const Addresses&) = default;
    };
    void remember(const Fleet& fleet);
    bool differs(const Server& server) const;
    bool differs(const Pool& pool) const;
    bool differs(const Domain& domain) const;

    std::unordered_map<ServerId, Addresses> servers_;
    std::unordered_map<PoolId, PoolWords> pools_;
    std::unordered_map<DomainId, PoolId> domains_;
};

}  // namespace understudy
