// CertificateRounds: looks once a day at the certificate every member server shows for every domain
// of its pool, spread over time, so that the standby is known to be ready. Used by the dispatcher.
#pragma once

#include <map>
#include <unordered_map>

#include "base/random.h"
#include "controller/runtime/dispatcher.h"
#include "controller/runtime/operation_runner.h"

namespace understudy {

class CertificateRounds {
  public:
    CertificateRounds(const Fleet& fleet, Outbound& outbound, TransferIds& ids, Random random,
                      const CertificateLimits& limits)
        : fleet_(fleet), outbound_(outbound), ids_(ids), random_(random), limits_(limits) {}

    // Takes up new pairs of domain and server, forgets those that are gone.
    void plan(Instant now);
    void start(Instant now);
    // False: the answer belongs to somebody else.
    bool finished(const TransferDone& done, WallTime wall, DispatcherOutput& output);
    Instant next_deadline() const;

  private:
    struct Pair {
        DomainId domain;
        ServerId server;
        friend auto operator<=>(const Pair&, const Pair&) = default;
    };
    void schedule(const Pair& pair, Instant at);
    void probe(const Pair& pair, Instant now);

    const Fleet& fleet_;
    Outbound& outbound_;
    TransferIds& ids_;
    Random random_;
    CertificateLimits limits_;
    std::map<Pair, Instant> due_at_;
    std::multimap<Instant, Pair> queue_;
    std::unordered_map<TransferId, Pair> in_flight_;
};

}  // namespace understudy
