#include "controller/api/census.h"

namespace understudy::api {

Census take_census(const Engine& engine, Instant now) {
    const Fleet& fleet = engine.fleet();
    Census census;
    for (const Health health :
         {Health::Online, Health::Error, Health::Offline, Health::Stale, Health::Unknown}) {
        census.servers_by_health[to_text(health)] = 0;
    }
    for (const DomainStatus status :
         {DomainStatus::Active, DomainStatus::FailedOver, DomainStatus::Switching,
          DomainStatus::Outage, DomainStatus::Conflict}) {
        census.domains_by_status[to_text(status)] = 0;
    }
    for (const Server* server : fleet.servers()) {
        ++census.servers;
        ++census.servers_by_health[to_text(engine.health_of(server->id, now).health)];
    }
    for (const Pool* pool : fleet.pools()) {
        ++census.pools;
        census.pools_failed_over += pool->failed_over() && !pool->outage ? 1u : 0u;
        census.pools_in_outage += pool->outage ? 1u : 0u;
    }
    for (const Domain* domain : fleet.domains()) {
        ++census.domains;
        ++census.domains_by_status[to_text(status_of(*domain, *fleet.pool(domain->pool)))];
    }
    return census;
}

}  // namespace understudy::api
