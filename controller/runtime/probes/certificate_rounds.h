// CertificateRounds: looks once a day at the certificate every member server shows for every domain
// of its pool, so that the standby is known to be ready. A server's domains are looked at in one
// sweep, so that what it shows for several of them is told once; the sweeps are spread over time.
// What ReadinessRounds sees more often is left to them.
// Used by the dispatcher.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <unordered_map>

#include "base/random.h"
#include "controller/runtime/dispatch/dispatcher.h"
#include "controller/runtime/dispatch/operation_runner.h"
#include "controller/runtime/probes/certificate_tally.h"

namespace understudy {

class CertificateRounds {
  public:
    CertificateRounds(const Fleet& fleet, Outbound& outbound, TransferIds& ids, Random random,
                      const CertificateLimits& limits)
        : fleet_(fleet), outbound_(outbound), ids_(ids), random_(random), limits_(limits) {}

    // Takes up new servers and domains, forgets those that are gone.
    void plan(Instant now);
    void start(Instant now, WallTime wall, DispatcherOutput& output);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, WallTime wall, DispatcherOutput& output);
    Instant next_deadline() const;

  private:
    struct Round {
        std::set<DomainId> domains;
        Instant due{};
    };
    struct Probe {
        ServerId server;
        DomainId domain;
    };
    struct Sweep {
        Instant begun{};
        std::size_t open = 0;  // probes that are to come
        CertificateTally found;
    };
    bool room() const;
    void begin(ServerId server, Instant now);
    void probe(const Probe& probe, WallTime wall, DispatcherOutput& output);
    void close(ServerId server, WallTime wall, DispatcherOutput& output);
    void look_again(ServerId server, const Sweep& sweep, WallTime wall);

    const Fleet& fleet_;
    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    CertificateLimits limits_;
    std::map<ServerId, Round> rounds_;
    std::set<std::pair<Instant, ServerId>> queue_;  // those that are not being looked at
    std::map<ServerId, Sweep> sweeps_;
    std::deque<Probe> waiting_;
    std::unordered_map<TransferId, Probe> in_flight_;
};

}  // namespace understudy
