// HeardNews: what somebody who is told everything believes: every "down" has its "up", and nothing
// is told twice. For random_run.h.
#pragma once

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "controller/core/fleet.h"

namespace understudy {

class HeardNews {
  public:
    void hear(const Notice& notice) {
        const auto away = [&](bool now_away) {
            for (const MovedDomain& domain : notice.domains)
                now_away ? (void)away_.insert(domain.name) : (void)away_.erase(domain.name);
        };
        switch (notice.type) {
            case NoticeType::ServerDown:
            case NoticeType::ServerError:
                alarmed_.insert(notice.server);
                break;
            case NoticeType::ServerUp:
                CHECK(alarmed_.erase(notice.server) == 1);
                break;
            case NoticeType::OutageStarted:
                for (const PoolId pool : pools_in(notice))
                    CHECK(outages_.insert(pool).second);
                break;
            case NoticeType::OutageResolved:
                for (const PoolId pool : pools_in(notice))
                    CHECK(outages_.erase(pool) == 1);
                break;
            case NoticeType::FailoverTriggered:
            case NoticeType::FailoverFailed:
                away(true);
                break;
            case NoticeType::ServerRecovered:
                for (const MovedDomain& domain : notice.domains) {
                    CAPTURE(domain.name);
                    CHECK(away_.contains(domain.name));
                }
                away(false);
                break;
            default:
                break;
        }
    }

    void check(const Fleet& fleet) const {
        for (const Server* server : fleet.servers())
            CHECK((server->alarm != Alarm::None) == alarmed_.contains(server->id));
        for (const Pool* pool : fleet.pools())
            CHECK(pool->outage == outages_.contains(pool->id));
        for (const Domain* domain : fleet.domains())
            CHECK(domain->announced_away == away_.contains(domain->name));
    }

  private:
    static std::set<PoolId> pools_in(const Notice& notice) {
        std::set<PoolId> pools;
        for (const NamedPool& pool : notice.pools)
            pools.insert(pool.id);
        if (notice.pool) pools.insert(notice.pool);
        return pools;
    }

    std::set<ServerId> alarmed_;
    std::set<PoolId> outages_;
    std::set<std::string> away_;
};

}  // namespace understudy
