// How many of everything, for status and metrics: one pass over the fleet, a bit at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controller/api/seen_fleet.h"
#include "controller/core/work.h"

namespace understudy::api {

struct Census {
    // Every word is there, also with zero.
    std::map<std::string, std::size_t> servers_by_health, domains_by_status, records_unserved;
    std::size_t servers = 0, pools = 0, pools_failed_over = 0, pools_in_outage = 0, domains = 0;
    std::size_t tokens_shared = 0;
    // By what becomes of the other address that a server's agent reports.
    std::map<std::string, std::size_t> address_candidates;
    std::size_t domains_without_standby = 0;
    // Members of pools that do not serve, by whether they could.
    std::map<std::string, std::size_t> standbys_by_readiness;
    // What holds everything, then pool by pool: the first of them.
    std::vector<Restraint> restraints;
    std::size_t restraints_all = 0;
    std::vector<DomainId> conflicts;  // in the order of their ids
};

// What a page begins with: whether everything is as it should be, and what could not fail over.
std::string sentence_of_domains(const Census& census);

class CensusWalk {
  public:
    CensusWalk();

    // A bit more. True: that was the last of it. What was there at the beginning and still is when
    // the walk comes by is counted, once, as it is then.
    bool go_on(const SeenFleet& engine, Instant now, Work& work);
    Census take(const SeenFleet& engine, Instant now);  // then

  private:
    void begin(const SeenFleet& engine);
    void hold(std::optional<Restraint> held);
    std::size_t count_server(const SeenFleet& engine, Instant now);  // the work it was
    void count_pool(const SeenFleet& engine, Instant now);
    void count_standbys(const EngineView& view, const Pool& pool);
    void count_domain(const Fleet& fleet);

    bool begun_ = false;
    std::vector<ServerId> servers_;  // still to come, as the others
    std::vector<PoolId> pools_;
    std::vector<DomainId> domains_;
    Census found_;
};

}  // namespace understudy::api
